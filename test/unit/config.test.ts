import { readFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { describe, expect, test } from 'vitest';
import { environmentExample } from '../../scripts/write-env-example.ts';
import { readConfig, requireProductionSettings } from '../../src/config.ts';

describe('settings', () => {
  test('.env.example is what the settings say (npm run env-example writes it)', () => {
    expect(readFileSync('.env.example', 'utf8')).toBe(environmentExample());
  });

  test('a bad value is refused, and named', () => {
    expect(() => readConfig({ API_PORT: 'eighty', LOG_LEVEL: 'loud' })).toThrow(/API_PORT.*LOG_LEVEL/s);
  });

  test('an empty value counts as not set', () => {
    expect(readConfig({ REDIS_URL: '' }).REDIS_URL).toBeUndefined();
  });

  test('jobs may take three quarters of what this machine or its container has, where nobody says otherwise', () => {
    const has = Math.min(totalmem(), process.constrainedMemory() || totalmem());
    expect(readConfig({}).WORKER_MEMORY_BYTES / has).toBeCloseTo(0.75, 6);
    expect(readConfig({ WORKER_MEMORY_BYTES: '1e9' }).WORKER_MEMORY_BYTES).toBe(1e9);
  });

  test('production without its services is refused, and says which are missing', () => {
    const start = () =>
      requireProductionSettings(readConfig({ NODE_ENV: 'production', DATABASE_URL: 'postgres://db' }));
    expect(start).toThrow(/REDIS_URL, REELMILL_SECRET.*local mode only/);
  });

  test('CONFIG_INVALID: a secret is long enough to sign with', () => {
    expect(() => readConfig({ REELMILL_SECRET: 'x'.repeat(31) })).toThrow(
      'CONFIG_INVALID: REELMILL_SECRET: at least 32 characters',
    );
    expect(readConfig({ REELMILL_SECRET: 'x'.repeat(32) }).REELMILL_SECRET).toHaveLength(32);
  });

  test('elsewhere than in production no service has to be set', () => {
    expect(() => requireProductionSettings(readConfig({}))).not.toThrow();
  });

  const production = {
    NODE_ENV: 'production',
    DATABASE_URL: 'postgres://db',
    REDIS_URL: 'redis://queue',
    REELMILL_SECRET: 'x'.repeat(32),
  };

  test('production with its services is accepted', () => {
    const config = readConfig(production);
    expect(config.production).toBe(true);
    expect(() => requireProductionSettings(config)).not.toThrow();
  });

  test.each([
    ['api', 'PUBLIC_URL, STORAGE_URL'],
    ['relay', 'STORAGE_URL'],
    ['worker', 'STORAGE_URL'],
  ] as const)('in production %s runs on no address or folder of its own machine: it needs %s', (part, names) => {
    const start = (more: NodeJS.ProcessEnv) => () =>
      requireProductionSettings(readConfig({ ...production, ...more }), part);
    expect(start({})).toThrow(`CONFIG_INVALID: NODE_ENV=production needs ${names}: `);
    expect(start({ PUBLIC_URL: 'https://video.example', STORAGE_URL: 's3://bucket' })).not.toThrow();
    expect(start({ NODE_ENV: 'development' })).not.toThrow();
  });

  test('tools without a sandbox are refused in production until that is said twice, and nowhere else', () => {
    const start = (more: NodeJS.ProcessEnv) => () => requireProductionSettings(readConfig({ ...production, ...more }));
    expect(start({ REELMILL_SANDBOX: 'none' })).toThrow(
      /CONFIG_INVALID.*REELMILL_SANDBOX=none.*REELMILL_SANDBOX_NONE_IN_PRODUCTION=allow/,
    );
    const twice = { REELMILL_SANDBOX: 'none', REELMILL_SANDBOX_NONE_IN_PRODUCTION: 'allow' };
    expect(start(twice)).not.toThrow();
    expect(start({ REELMILL_SANDBOX_NONE_IN_PRODUCTION: 'allow' })).not.toThrow();
    expect(start({ NODE_ENV: 'development', REELMILL_SANDBOX: 'none' })).not.toThrow();
  });
});
