// needs: redis-server
import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { testFolder } from '../../support/folder.ts';
import { testDatabase } from '../../support/postgres.ts';
import { testRedis } from '../../support/redis.ts';
import { reelmill, startReelmill } from '../../support/reelmill.ts';

/** In no output of ours: what logs in to services, and what signs. */
const canaries = {
  redis: 'canary-redis-2f',
  postgres: 'canary-postgres-8c',
  secret: 'canary-secret-of-thirty-two-chars',
};

test('a Redis that refuses its password is told without it', async () => {
  const home = await testFolder('secrets');
  const redis = await testRedis();
  const database = await testDatabase();
  const client = new Redis(redis.url);
  await client.config('SET', 'requirepass', 'another');
  client.disconnect();
  const settings = {
    ...{ REELMILL_HOME: home, LOG_LEVEL: 'debug', REELMILL_SECRET: canaries.secret, DATABASE_URL: database.url },
    REDIS_URL: redis.url.replace('://', `://:${canaries.redis}@`),
  };
  try {
    const relay = startReelmill(['relay'], settings);
    await expect.poll(() => relay.errors(), { timeout: 30_000, interval: 50 }).toContain('WRONGPASS');
    relay.process.kill('SIGTERM');
    const [ended, doctor] = await Promise.all([relay.finished, reelmill(['doctor'], settings)]);
    expect(doctor.stdout).toMatch(/redis/i);
    expect([ended.stdout, ended.stderr, doctor.stdout, doctor.stderr].join('\n')).not.toMatch(/canary/);
  } finally {
    await Promise.all([redis.stop(), database.drop()]);
  }
});

test.each([
  ['cannot be reached', 'migrate', `postgres://reelmill:${canaries.postgres}@127.0.0.1:1/reelmill`],
  ['cannot be reached', 'doctor', `postgres://reelmill:${canaries.postgres}@127.0.0.1:1/reelmill`],
  ['has a URL that cannot be read', 'migrate', `postgres://reelmill:${canaries.postgres}@127.0.0.1:port/reelmill`],
])('a Postgres that %s is told without its password by %s', async (_how, command, url) => {
  const settings = {
    ...{ REELMILL_HOME: await testFolder('secrets'), LOG_LEVEL: 'debug', REELMILL_SECRET: canaries.secret },
    DATABASE_URL: url,
  };
  const { code, stdout, stderr } = await reelmill([command], settings);
  expect(code).not.toBe(0);
  expect(`${stdout}${stderr}`.length).toBeGreaterThan(10);
  expect(`${stdout}${stderr}`).not.toMatch(/canary/);
});
