import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { holdLease } from '../../../src/api/repeats/hold-lease.ts';
import type { Lease } from '../../../src/database/idempotency.ts';
import { type OpenTestDatabase, openTestDatabase } from '../../support/open-test-database.ts';
import { until } from '../../support/queue.ts';

let place: OpenTestDatabase;
beforeAll(async () => {
  place = await openTestDatabase();
});
afterAll(() => place.close());

const leaseMs = 60_000;
const begin = (key: string, { fingerprint = 'request', ms = leaseMs } = {}) =>
  place.database.idempotency.begin({ owner: 'key_1', key, fingerprint }, ms);
const begun = async (key: string, options = {}) => {
  const found = await begin(key, options);
  if (found.state !== 'ours') throw new Error(`it is ${found.state}`);
  return found;
};
/** As if its time had passed. */
const lapse = ({ id }: Lease) => place.query('UPDATE idempotent_requests SET locked_until = now() WHERE id = $1', [id]);
const answer = { status: 201, headers: { location: '/there' }, body: 'sealed' };

describe('a request', () => {
  test('is somebody’s until it is answered, and then has its answer', async () => {
    const { lease, again } = await begun('plain');
    expect(again).toBe(false);
    expect(await begin('plain')).toEqual({ state: 'in-flight' });
    expect(await begin('plain', { fingerprint: 'other' })).toEqual({ state: 'reused' });
    expect(await place.database.idempotency.answer(lease, answer)).toBe(true);
    expect(await begin('plain')).toEqual({ state: 'answered', answer });
    expect(await begin('plain', { fingerprint: 'other' })).toEqual({ state: 'reused' });
  });

  test('whose lease has passed is taken over once, with its seed, and only as the same request', async () => {
    const first = await begun('left');
    await lapse(first.lease);
    expect(await begin('left', { fingerprint: 'other' })).toEqual({ state: 'reused' });
    const taken = await Promise.all(Array.from({ length: 8 }, () => begin('left')));
    const ours = taken.filter(({ state }) => state === 'ours');
    expect(ours).toEqual([expect.objectContaining({ seed: first.seed, again: true })]);
    expect(await place.database.idempotency.answer(first.lease, answer)).toBe(false);
    expect(await begin('left')).toEqual({ state: 'in-flight' });
  });

  test('that is given up may be begun at once, with its seed; one that is forgotten is a new one', async () => {
    const first = await begun('unlucky');
    await place.database.idempotency.release(first.lease);
    const second = await begun('unlucky');
    expect(second).toMatchObject({ seed: first.seed, again: true });
    await place.database.idempotency.forget(first.lease);
    await place.database.idempotency.release(first.lease);
    expect(await begin('unlucky')).toEqual({ state: 'in-flight' });
    await place.database.idempotency.forget(second.lease);
    const third = await begun('unlucky', { fingerprint: 'other' });
    expect(third.again).toBe(false);
    expect(third.seed).not.toBe(first.seed);
  });
});

describe('a lease', () => {
  test('is renewed as long as it is held, and what is let go of is the latest', async () => {
    const { lease } = await begun('long', { ms: 300 });
    const holding = holdLease(place.database.idempotency, lease, 300);
    const moved = `SELECT 1 FROM idempotent_requests WHERE id = $1 AND locked_until > $2::timestamptz + interval '300 ms'`;
    await until('it was renewed', 30_000, async () => (await place.query(moved, [lease.id, lease.until])).length > 0);
    expect(await begin('long')).toEqual({ state: 'in-flight' });
    const held = await holding.letGo();
    expect(await place.database.idempotency.answer(lease, answer)).toBe(false);
    expect(held && (await place.database.idempotency.answer(held, answer))).toBe(true);
  });

  test('that somebody else has taken is lost', async () => {
    const { lease } = await begun('lost');
    await lapse(lease);
    await begun('lost');
    expect(await place.database.idempotency.renew(lease, leaseMs)).toBeNull();
    let told = 0;
    const renew = async (held: Lease, ms: number) => {
      told += 1;
      return place.database.idempotency.renew(held, ms);
    };
    const holding = holdLease({ renew }, lease, 30);
    await until('it has asked', 30_000, async () => told > 0);
    expect(await holding.letGo()).toBeNull();
  });
});
