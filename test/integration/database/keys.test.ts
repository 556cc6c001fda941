import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ApiKeys, NewKey } from '../../../src/database/api-keys.ts';
import { keyState } from '../../../src/database/key-state.ts';
import { creatorScopes, scopes } from '../../../src/database/scopes.ts';
import { type OpenTestDatabase, openTestDatabase } from '../../support/open-test-database.ts';

let open: OpenTestDatabase;
beforeAll(async () => {
  open = await openTestDatabase();
});
afterAll(() => open.close());

const inAMinute = () => new Date(Date.now() + 60_000);
const newKey = async () => {
  const key = await open.database.keys.create({ creatorId: 'ann', plan: 'premium', scopes, name: 'laptop' });
  const owner = await open.database.keys.owner(key);
  if (!owner) throw new Error('the key has no owner');
  return { key, owner };
};

test('a key names its owner until it is revoked', async () => {
  const { key, owner } = await newKey();
  expect(key).toMatch(/^rm_[A-Za-z0-9_-]{43}$/);
  expect(owner).toEqual({ keyId: owner.keyId, headId: owner.keyId, creatorId: 'ann', plan: 'premium', scopes });
  expect(await open.database.keys.owner(`${key}x`)).toBeNull();
  expect(await open.database.keys.owner('')).toBeNull();
  await open.query('UPDATE api_keys SET revoked_at = now() WHERE id = $1', [owner.keyId]);
  expect(await open.database.keys.owner(key)).toBeNull();
});

test('no secret is stored: neither key nor link nor session', async () => {
  const { key, owner } = await newKey();
  const link = await open.database.keys.createLogin(owner.keyId, { expiresAt: inAMinute() });
  const session = await open.database.keys.redeemLogin(link, { sessionExpiresAt: inAMinute() });
  const rows = JSON.stringify([
    await open.query('SELECT * FROM api_keys'),
    await open.query('SELECT * FROM browser_logins'),
  ]);
  expect(rows).toContain(owner.keyId);
  for (const secret of [key, link, session ?? '']) expect(rows).not.toContain(secret.slice(secret.indexOf('_') + 1));
});

test('a login link opens one session, whoever is first', async () => {
  const { owner } = await newKey();
  const link = await open.database.keys.createLogin(owner.keyId, { expiresAt: inAMinute() });
  const redeem = () => open.database.keys.redeemLogin(link, { sessionExpiresAt: inAMinute() });
  const sessions = (await Promise.all([redeem(), redeem(), redeem()])).filter((session) => session !== null);
  expect(sessions).toHaveLength(1);
  expect(await redeem()).toBeNull();
  expect(await open.database.keys.session(sessions[0] ?? '')).toEqual(owner);
  expect(await open.database.keys.session(link)).toBeNull();
});

test('links and sessions expire, and end with their key', async () => {
  const { owner } = await newKey();
  const past = new Date(Date.now() - 1_000);
  const late = await open.database.keys.createLogin(owner.keyId, { expiresAt: past });
  expect(await open.database.keys.redeemLogin(late, { sessionExpiresAt: inAMinute() })).toBeNull();

  const session = async (sessionExpiresAt: Date) => {
    const link = await open.database.keys.createLogin(owner.keyId, { expiresAt: inAMinute() });
    return (await open.database.keys.redeemLogin(link, { sessionExpiresAt })) ?? '';
  };
  expect(await open.database.keys.session(await session(past))).toBeNull();
  const valid = await session(inAMinute());
  await open.query('UPDATE api_keys SET revoked_at = now() WHERE id = $1', [owner.keyId]);
  expect(await open.database.keys.session(valid)).toBeNull();
});

describe('keys are issued, rotated and revoked', () => {
  let keys: ApiKeys;
  beforeAll(() => {
    keys = open.database.keys;
  });
  const issue = (facts: Partial<NewKey> = {}) =>
    keys.issue({ creatorId: 'ben', plan: 'free', scopes: creatorScopes, name: 'app', ...facts });
  const state = async (id: string) => keyState((await keys.find(id)) ?? expect.fail(id), new Date());
  const end = (id: string) =>
    open.query(`UPDATE api_keys SET expires_at = now() - interval '1 ms' WHERE id = $1`, [id]);

  test('a key ends at its time', async () => {
    const { secret, key } = await issue({ expiresAt: inAMinute() });
    expect(await keys.owner(secret)).toMatchObject({ keyId: key.id, creatorId: 'ben', scopes: creatorScopes });
    expect(await keys.ownerById(key.id)).toEqual(await keys.owner(secret));
    await end(key.id);
    expect([await keys.owner(secret), await keys.ownerById(key.id), await state(key.id)]).toEqual([
      null,
      null,
      'expired',
    ]);
  });

  test('a rotated key and its successor are valid at once, until the overlap ends', async () => {
    const { secret, key } = await issue({ plan: 'premium' });
    const rotated = (await keys.rotate(key.id, { overlapSeconds: 60 })) ?? expect.fail();
    expect(rotated.key).toMatchObject({ creatorId: 'ben', plan: 'premium', scopes: creatorScopes, expiresAt: null });
    expect(rotated.oldExpiresAt.getTime()).toBeCloseTo(Date.now() + 60_000, -4);
    for (const one of [secret, rotated.secret]) expect(await keys.owner(one)).toMatchObject({ creatorId: 'ben' });
    expect([await state(key.id), await state(rotated.key.id)]).toEqual(['ending', 'valid']);
    expect(await keys.find(key.id)).toMatchObject({ successorId: rotated.key.id, expiresAt: rotated.oldExpiresAt });
    await end(key.id);
    expect([await keys.owner(secret), (await keys.owner(rotated.secret))?.keyId]).toEqual([null, rotated.key.id]);
    expect(await keys.rotate('key_none', { overlapSeconds: 1 })).toBeNull();
  });

  test('without an overlap the old key ends at once', async () => {
    const { secret, key } = await issue();
    const rotated = await keys.rotate(key.id, { overlapSeconds: 0 });
    expect([await keys.owner(secret), (await keys.owner(rotated?.secret ?? ''))?.keyId]).toEqual([
      null,
      rotated?.key.id,
    ]);
  });

  test('the successor of a key for a minute is for a minute; an overlap makes no key valid longer', async () => {
    const { key } = await issue({ expiresAt: inAMinute() });
    const rotated = await keys.rotate(key.id, { overlapSeconds: 3_600 });
    expect(rotated?.oldExpiresAt).toEqual(key.expiresAt);
    expect(rotated?.key.expiresAt?.getTime()).toBeCloseTo(Date.now() + 60_000, -4);
  });

  test('KEY_CONFLICT: what has ended or has a valid successor is not rotated; of two at once one is', async () => {
    const { key } = await issue();
    const twice = await Promise.allSettled([1, 2].map(() => keys.rotate(key.id, { overlapSeconds: 60 })));
    expect(twice.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const { successorId } = (await keys.find(key.id)) ?? expect.fail();
    await expect(keys.rotate(key.id, { overlapSeconds: 1 })).rejects.toThrow(`KEY_CONFLICT: ${key.id} was rotated`);
    // Its successor got lost and was revoked: then there is a way on.
    await keys.revoke(successorId ?? '', { keepAdmin: true });
    expect((await keys.rotate(key.id, { overlapSeconds: 60 }))?.key.expiresAt).toBeNull();
    await keys.revoke(key.id, { keepAdmin: true });
    await expect(keys.rotate(key.id, { overlapSeconds: 1 })).rejects.toThrow(`KEY_CONFLICT: ${key.id} is revoked`);
  });

  test('a revoked key stays as it was revoked', async () => {
    const { secret, key } = await issue();
    expect(await keys.revoke(key.id, { keepAdmin: true })).toBe(true);
    const first = await keys.find(key.id);
    expect(await keys.revoke(key.id, { keepAdmin: true })).toBe(true);
    expect([await keys.owner(secret), await keys.find(key.id)]).toEqual([null, first]);
    expect(await keys.revoke('key_none', { keepAdmin: true })).toBe(false);
  });

  test('KEY_CONFLICT: of the last two admins that revoke each other one stays', async () => {
    await open.query(`UPDATE api_keys SET revoked_at = now() WHERE 'admin' = ANY (scopes)`);
    const pair = await Promise.all([issue({ scopes: ['admin'] }), issue({ scopes: ['admin'] })]);
    const both = await Promise.allSettled(pair.map(({ key }) => keys.revoke(key.id, { keepAdmin: true })));
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(both.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'KEY_CONFLICT' } });

    // One that was rotated will end: it does not count. Its successor does.
    const last = pair[both.findIndex(({ status }) => status === 'rejected')]?.key.id ?? '';
    const successor = (await keys.rotate(last, { overlapSeconds: 3_600 }))?.key.id ?? '';
    await expect(keys.revoke(successor, { keepAdmin: true })).rejects.toThrow('KEY_CONFLICT');
    await keys.revoke(last, { keepAdmin: true });
    // Nor does one that is no longer valid. Whoever has the database may end even the last.
    await end((await issue({ scopes: ['admin'] })).key.id);
    await expect(keys.revoke(successor, { keepAdmin: true })).rejects.toThrow('KEY_CONFLICT');
    expect(await keys.revoke(successor, { keepAdmin: false })).toBe(true);
  });

  test('are listed newest first, page by page, of one creator or of all', async () => {
    const made = [];
    for (const name of ['1', '2', '3']) made.unshift((await issue({ creatorId: 'cleo', name })).key);
    expect(await keys.list({ creatorId: 'cleo', limit: 10 })).toEqual(made);
    expect(await keys.list({ creatorId: 'cleo', limit: 2 })).toEqual(made.slice(0, 2));
    expect(await keys.list({ creatorId: 'cleo', before: made[1]?.id, limit: 10 })).toEqual(made.slice(2));
    expect((await keys.list({ limit: 200 })).map(({ creatorId }) => creatorId)).toEqual(
      expect.arrayContaining(['ben', 'cleo']),
    );
    expect(JSON.stringify(await keys.list({ limit: 200 }))).not.toMatch(/rm_|"hash"/);
  });
});

test('a worker is listed from its first heartbeat to its stop', async () => {
  const told = { id: 'wrk_1', fleet: 'cpu', host: 'h', pid: 7, queues: ['media'], slots: 2 };
  const worker = { ...told, currentTask: null, sandbox: 'limits' };
  await open.database.workers.heartbeat(worker);
  await open.database.workers.heartbeat({ ...worker, currentTask: 'encode.h264.0000.top' });
  const rows = () => open.query('SELECT id, queues, current_task, stopped_at FROM workers');
  expect(await rows()).toEqual([
    { id: 'wrk_1', queues: ['media'], current_task: 'encode.h264.0000.top', stopped_at: null },
  ]);
  expect(await open.database.workers.live()).toEqual([{ fleet: 'cpu', sandbox: 'limits', count: 1 }]);
  await open.query(`UPDATE workers SET last_seen_at = now() - interval '16 seconds'`);
  expect(await open.database.workers.live()).toEqual([]);
  await open.database.workers.heartbeat(worker);
  await open.database.workers.heartbeat({ ...worker, id: 'wrk_2', sandbox: 'bwrap' });
  await open.query(`UPDATE workers SET sandbox = NULL WHERE id = 'wrk_2'`); // of an earlier version
  expect(await open.database.workers.live()).toEqual([
    { fleet: 'cpu', sandbox: 'limits', count: 1 },
    { fleet: 'cpu', sandbox: 'unknown', count: 1 },
  ]);
  await open.database.workers.stopped('wrk_2');
  await open.database.workers.stopped('wrk_1');
  expect(await open.database.workers.live()).toEqual([]);
  expect((await rows())[0]).toMatchObject({ current_task: null, stopped_at: expect.any(Date) });
});
