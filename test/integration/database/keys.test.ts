import { afterAll, beforeAll, expect, test } from 'vitest';
import { scopes } from '../../../src/database/scopes.ts';
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
  expect(owner).toEqual({ keyId: owner.keyId, creatorId: 'ann', plan: 'premium', scopes });
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
