import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect } from '../../../src/database/client.ts';
import { memoryCounter, openRateLimits } from '../../../src/database/rate-limits.ts';
import { type OpenTestDatabase, openTestDatabase } from '../../support/open-test-database.ts';

let place: OpenTestDatabase;
beforeAll(async () => {
  place = await openTestDatabase();
});
afterAll(() => place.close());

/** Two processes of the API, as far as counting goes. */
const twoCounters = (name: string, most: number) => [1, 2].map(() => place.database.rateLimits.counter(name, most));

describe('a counter that processes share', () => {
  test('allows as many as it says, over both, also where all ask at once', async () => {
    const counters = twoCounters('create', 20);
    const asked = await Promise.all(Array.from({ length: 50 }, (_, index) => counters[index % 2]?.take('key_1')));
    expect(asked.filter((quota) => quota?.allowed)).toHaveLength(20);
    for (const counter of counters) {
      expect(await counter.take('key_1')).toMatchObject({ allowed: false, remaining: 0 });
      expect(await counter.take('key_2')).toMatchObject({ allowed: true });
    }
  });

  test('tells what is left, and when it is whole again', async () => {
    const [one, other] = twoCounters('write', 3);
    expect(await one?.take('key_1')).toMatchObject({ allowed: true, remaining: 2 });
    const quota = await other?.take('key_1');
    expect(quota).toMatchObject({ allowed: true, remaining: 1 });
    expect(quota?.resetMs).toBeGreaterThan(50_000);
    expect(quota?.resetMs).toBeLessThanOrEqual(60_000);
  });

  test('asks the database no more once it has refused', async () => {
    const counter = place.database.rateLimits.counter('presign', 2);
    await counter.take('flood');
    await counter.take('flood');
    await place.query('ALTER TABLE rate_limits RENAME TO rate_limits_gone');
    const asked = await Promise.all(Array.from({ length: 50 }, () => counter.take('flood')));
    await place.query('ALTER TABLE rate_limits_gone RENAME TO rate_limits');
    expect(asked.every(({ allowed }) => !allowed)).toBe(true);
    expect(await place.query(`SELECT points FROM rate_limits WHERE key = 'presign:flood'`)).toEqual([{ points: 2 }]);
  });

  test('counts on alone where Postgres is away', async () => {
    const away = connect({ url: 'postgres://localhost:1/none', log: pino({ level: 'silent' }) });
    const counter = openRateLimits(away).counter('create', 2);
    const asked = [await counter.take('key_1'), await counter.take('key_1'), await counter.take('key_1')];
    expect(asked.map(({ allowed }) => allowed)).toEqual([true, true, false]);
    await away.close();
  });

  test('is swept when its minute is over, and begins anew', async () => {
    const counter = place.database.rateLimits.counter('swept', 5);
    await counter.take('key_1');
    const now = Date.now();
    await place.query(`UPDATE rate_limits SET expire = $1 WHERE key = 'swept:key_1'`, [now - 1]);
    expect(await counter.take('key_1')).toMatchObject({ allowed: true, remaining: 4 });
    await place.query(`UPDATE rate_limits SET expire = $1 WHERE key = 'swept:key_1'`, [now - 1]);
    expect(await place.database.rateLimits.sweep(new Date(now))).toBe(1);
    expect(await place.query(`SELECT key FROM rate_limits WHERE key LIKE 'swept:%'`)).toEqual([]);
    expect(await place.query('SELECT key FROM rate_limits')).not.toEqual([]);
  });
});

test('a counter of one process counts by itself', async () => {
  const [one, other] = [memoryCounter('read', 1), memoryCounter('read', 1)];
  expect([await one.take('a'), await one.take('a'), await one.take('b'), await other.take('a')]).toMatchObject([
    { allowed: true, remaining: 0 },
    { allowed: false, remaining: 0 },
    { allowed: true },
    { allowed: true },
  ]);
});
