import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startChild } from '../../../src/local/child.ts';
import { StartRefused } from '../../../src/local/start-refused.ts';
import { testFolder } from '../../support/folder.ts';
import { jsonLines, reelmill } from '../../support/reelmill.ts';
import { startUp } from '../../support/up.ts';

/** A machine without bubblewrap: nothing at all lies on its PATH. */
async function bareMachine(): Promise<{ PATH: string; REELMILL_HOME: string }> {
  const folder = await testFolder('sandbox');
  return { PATH: folder, REELMILL_HOME: join(folder, 'home') };
}
const sandboxOf = (stdout: string) => jsonLines(stdout).find(({ name }) => name === 'sandbox');

test('doctor says what confines tools, what lacks and the fix; it is an error only where it is required', async () => {
  const bare = await bareMachine();
  const preferred = await reelmill(['doctor', '--json'], bare);
  expect(preferred.code).toBe(0);
  expect(sandboxOf(preferred.stdout)).toMatchObject({
    ok: true,
    setting: 'prefer',
    level: expect.stringMatching(/^(uid|limits|none)$/),
    holds: expect.any(String),
    lacks: expect.stringContaining('bubblewrap'),
    fix: 'apt-get install bubblewrap',
  });
  const required = await reelmill(['doctor'], { ...bare, REELMILL_SANDBOX: 'require' });
  expect(required.code).toBe(4);
  expect(required.stdout).toMatch(
    /✗ sandbox .*REELMILL_SANDBOX=require.*\n.*bubblewrap.*\n +fix: apt-get install bubblewrap/,
  );
  const off = await reelmill(['doctor', '--json'], { ...bare, REELMILL_SANDBOX: 'none' });
  expect(off.code).toBe(0);
  expect(sandboxOf(off.stdout)).toMatchObject({ ok: true, level: 'none', fix: expect.stringContaining('prefer') });
});

test.each([['worker', 'cpu'], ['up']])(
  'where bubblewrap is required and not there, nothing starts, with the reason and the fix: %s %s',
  async (...args) => {
    const bare = await bareMachine();
    const environment = { ...bare, REELMILL_SANDBOX: 'require', DATABASE_URL: 'postgres://postgres@127.0.0.1:9/none' };
    const { code, stdout, stderr } = await reelmill(args, environment);
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
    expect(stderr).toMatch(/SANDBOX_UNAVAILABLE: .*bubblewrap/);
    expect(stderr).toMatch(/install bubblewrap/i);
    expect(existsSync(bare.REELMILL_HOME)).toBe(false);
  },
);

test('a worker that cannot run here says so to whoever started it, who then does not try again', async () => {
  const bare = await bareMachine();
  const child = startChild({
    name: 'worker-1',
    arguments: ['worker', 'cpu'],
    environment: { ...bare, REELMILL_SANDBOX: 'require', DATABASE_URL: 'postgres://postgres@127.0.0.1:9/none' },
    logFile: join(bare.PATH, 'worker.log'),
  });
  const refusal = await child.catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(StartRefused);
  expect(String(refusal)).toMatch(/worker-1 does not run: SANDBOX_UNAVAILABLE: .*bubblewrap/);
});

test('in production tools without a sandbox have to be asked for twice', async () => {
  const { REELMILL_HOME } = await bareMachine();
  const production = {
    NODE_ENV: 'production',
    DATABASE_URL: 'postgres://postgres@127.0.0.1:9/none',
    REDIS_URL: 'redis://127.0.0.1:9',
    REELMILL_SECRET: 'x'.repeat(40),
    REELMILL_HOME,
    REELMILL_SANDBOX: 'none',
  };
  const { code, stderr } = await reelmill(['worker', 'cpu'], production);
  expect(code).toBe(2);
  expect(stderr).toMatch(/CONFIG_INVALID: REELMILL_SANDBOX=none.*REELMILL_SANDBOX_NONE_IN_PRODUCTION=allow/);
});

test('what a running worker confines its tools with is the same in doctor, readiness and metrics', async () => {
  const up = await startUp('sandbox');
  const { level } = sandboxOf((await up.reelmill('doctor', '--json')).stdout) ?? {};
  const { body } = await up.call('GET', '/readyz');
  expect(body).toMatchObject({ status: 'ready', sandbox: { setting: 'prefer', workers: { [String(level)]: 1 } } });
  const metrics = await fetch(`${up.run.api_url}/metrics`, { headers: { authorization: `Bearer ${up.run.api_key}` } });
  expect(await metrics.text()).toContain(`reelmill_workers{fleet="cpu",sandbox="${level}"} 1\n`);

  const login = await up.reelmill('login', '/watch/vid_1');
  const followed = await fetch(login.stdout.trim(), { redirect: 'manual' });
  expect([followed.status, followed.headers.get('location')]).toEqual([303, '/watch/vid_1']);
});
