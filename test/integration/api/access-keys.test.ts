import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApi, type TestApi } from '../../support/api.ts';

let api: TestApi;
let admin: string;
beforeAll(async () => {
  api = await startApi({}, { queueOn: 'postgres' });
  admin = await api.key({ creatorId: 'ops', scopes: ['admin'] });
});
afterAll(() => api?.stop());

const create = (facts: object = {}) =>
  api.call('POST', '/api/v1/keys', {
    key: admin,
    body: { creator_id: 'web', name: 'app', scopes: ['videos:write', 'videos:read'], ...facts },
  });
const works = async (key: string) => (await api.call('GET', '/api/v1/videos', { key })).status === 200;
const remove = (id: string, key = admin) => api.call('DELETE', `/api/v1/keys/${id}`, { key });

test('a key is made, works, and is told once', async () => {
  const expires = new Date(Date.now() + 60_000);
  const { status, headers, body } = await create({ plan: 'premium', expires_at: expires.toISOString() });
  expect([status, headers.get('cache-control')]).toEqual([201, 'no-store']);
  expect(body).toMatchObject({ creator_id: 'web', name: 'app', plan: 'premium', expires_at: expires.toISOString() });
  expect(body.scopes).toEqual(['videos:read', 'videos:write']);
  expect(await works(body.key)).toBe(true);
  expect(await api.database.keys.owner(body.key)).toMatchObject({
    keyId: body.key_id,
    creatorId: 'web',
    plan: 'premium',
  });

  const listed = await api.call('GET', '/api/v1/keys', { key: admin });
  expect(JSON.stringify(listed.body)).not.toContain(body.key.slice(3));
  expect(listed.body.keys[0]).toMatchObject({ key_id: body.key_id, state: 'valid', current: false });
  expect(listed.body.keys.filter((key: { current: boolean }) => key.current)).toEqual([
    expect.objectContaining({ creator_id: 'ops', scopes: ['admin'] }),
  ]);
});

test.each([
  [{ creator_id: 'a b' }, 'creator_id: must be 1 to 128 printable ASCII characters without spaces'],
  [{ creator_id: 'a\u0000' }, 'creator_id: '],
  [{ name: '\u200b \n' }, 'name: must not be empty'],
  [{ scopes: [] }, 'scopes: '],
  [{ scopes: ['root'] }, 'scopes.0: '],
  [{ plan: 'gold' }, 'plan: '],
  [{ expires_at: '2020-01-01T00:00:00Z' }, 'expires_at: must be in the future'],
  [{ expires_at: 'tomorrow' }, 'expires_at: '],
])('REQUEST_MALFORMED: %j', async (facts, detail) => {
  const { status, body } = await create(facts);
  expect([status, body.code, body.detail]).toEqual([400, 'REQUEST_MALFORMED', expect.stringContaining(detail)]);
});

test('keys are listed newest first, page by page, of one creator', async () => {
  const made: string[] = [];
  for (const name of ['1', '2', '3']) made.unshift((await create({ creator_id: 'cleo', name })).body.key_id);
  const list = async (query: string) =>
    (await api.call('GET', `/api/v1/keys?creator_id=cleo${query}`, { key: admin })).body;
  const first = await list('&limit=2');
  const second = await list(`&limit=2&cursor=${first.next_cursor}`);
  expect([...first.keys, ...second.keys].map(({ key_id }) => key_id)).toEqual(made);
  expect([typeof first.next_cursor, second.next_cursor]).toEqual(['string', null]);
  const other = await api.call('GET', `/api/v1/keys?creator_id=web&cursor=${first.next_cursor}`, { key: admin });
  expect([other.status, other.body.code]).toEqual([400, 'REQUEST_MALFORMED']);
});

test.each([
  ['GET', '/keys?creator_id=%00', 'REQUEST_MALFORMED'],
  ['GET', '/keys?creator=web', 'REQUEST_MALFORMED'],
  ['GET', '/keys?limit=0x10', 'REQUEST_MALFORMED'],
  ['GET', '/keys?limit=1e1', 'REQUEST_MALFORMED'],
  ['GET', '/keys?limit=%201', 'REQUEST_MALFORMED'],
  ['GET', '/keys?limit=0', 'REQUEST_MALFORMED'],
  ['DELETE', '/presets/%00', 'NOT_FOUND'],
  ['DELETE', '/policies/%00', 'NOT_FOUND'],
  ['POST', '/videos/upload', 'REQUEST_MALFORMED', { filename: 'a', file_size_bytes: 1, preset: '\0' }],
  ['POST', '/videos/ingest', 'REQUEST_MALFORMED', { url: 'https://example.com/a.mp4', preset: '\0' }],
])('%s %s is refused by what it says: %s', async (method, path, code, body?: object) => {
  const key = body ? await api.key() : admin;
  expect((await api.call(method, `/api/v1${path}`, { key, body })).body).toMatchObject({ code });
});

test('a key ends in a year of four digits, and so do those that it is rotated into', async () => {
  expect((await create({ expires_at: '9999-12-31T23:59:59-01:00' })).body.code).toBe('REQUEST_MALFORMED');
  const { body } = await create({ expires_at: '9999-12-31T23:59:59Z' });
  const next = await api.call('POST', `/api/v1/keys/${body.key_id}/rotate`, { key: admin });
  expect(next).toMatchObject({ status: 201, body: { expires_at: expect.stringMatching(/^9999-12-31T23:59:59/) } });
});

describe('rotation', () => {
  const rotate = (id: string, body?: object) => api.call('POST', `/api/v1/keys/${id}/rotate`, { key: admin, body });

  test('leaves no gap: both keys are valid until the overlap ends', async () => {
    const old = (await create()).body;
    const { status, body } = await rotate(old.key_id, { overlap_seconds: 600 });
    expect([status, body.scopes, body.creator_id, body.replaces.key_id]).toEqual([201, old.scopes, 'web', old.key_id]);
    expect(Date.parse(body.replaces.expires_at)).toBeCloseTo(Date.now() + 600_000, -4);
    expect([await works(old.key), await works(body.key)]).toEqual([true, true]);
    const { keys } = (await api.call('GET', '/api/v1/keys?limit=2', { key: admin })).body;
    expect(keys).toMatchObject([
      { key_id: body.key_id, state: 'valid', successor_id: null },
      { key_id: old.key_id, state: 'ending', successor_id: body.key_id, expires_at: body.replaces.expires_at },
    ]);
  });

  test('without an overlap ends the old key at once; without a body the overlap is a day', async () => {
    const old = (await create()).body;
    const next = (await rotate(old.key_id, { overlap_seconds: 0 })).body;
    expect([await works(old.key), await works(next.key)]).toEqual([false, true]);
    const last = (await rotate(next.key_id)).body;
    expect(Date.parse(last.replaces.expires_at)).toBeCloseTo(Date.now() + 86_400_000, -4);
  });

  test('KEY_CONFLICT: once', async () => {
    const { key_id } = (await create()).body;
    await rotate(key_id);
    const { status, body } = await rotate(key_id);
    expect([status, body.code, body.detail]).toEqual([409, 'KEY_CONFLICT', expect.stringContaining('its successor')]);
    expect((await rotate(key_id, { overlap_seconds: 1e9 })).body.code).toBe('REQUEST_MALFORMED');
    for (const id of ['key_none', 'x', '%00', 'key_1%2Frotate', 'rm_secret'])
      expect((await rotate(id)).status).toBe(404);
  });

  test('leaves limits and Idempotency-Keys as they were', async () => {
    const old = await create({ creator_id: 'heir', scopes: ['videos:write'] });
    const upload = (key: string) =>
      api.call('POST', '/api/v1/videos/upload', {
        ...{
          key,
          body: { filename: 'a.mp4', file_size_bytes: 1_000 },
          headers: { 'idempotency-key': 'over-rotation' },
        },
      });
    const first = await upload(old.body.key);
    const next = await rotate(old.body.key_id);
    const last = await rotate(next.body.key_id);
    expect(await upload(last.body.key)).toMatchObject({ status: 201, body: first.body });
    expect(await api.database.keys.owner(last.body.key)).toMatchObject({
      keyId: last.body.key_id,
      headId: old.body.key_id,
    });
  });

  test('sent again with its Idempotency-Key makes no other key', async () => {
    const { key_id } = (await create()).body;
    const again = () =>
      api.call('POST', `/api/v1/keys/${key_id}/rotate`, {
        key: admin,
        headers: { 'idempotency-key': `rotate-${key_id}` },
      });
    const [first, second] = [await again(), await again()];
    expect([second.status, second.body]).toEqual([201, first.body]);
    expect(await works(first.body.key)).toBe(true);
  });
});

describe('revoking', () => {
  test('ends a key and its sessions at once, and may be sent again', async () => {
    const { key, key_id } = (await create()).body;
    const expiresAt = new Date(Date.now() + 60_000);
    const link = await api.database.keys.createLogin(key_id, { expiresAt });
    const cookie = `reelmill_session=${await api.database.keys.redeemLogin(link, { sessionExpiresAt: expiresAt })}`;
    const session = async () => (await api.call('GET', '/api/v1/videos', { headers: { cookie } })).status;
    expect([await works(key), await session()]).toEqual([true, 200]);
    expect([(await remove(key_id)).status, (await remove(key_id)).status]).toEqual([204, 204]);
    expect([await works(key), await session()]).toEqual([false, 401]);
    expect((await remove('key_none')).body.code).toBe('NOT_FOUND');
  });

  test('KEY_CONFLICT: the last key with the scope admin stays; another one may end itself', async () => {
    const own = (await api.database.keys.owner(admin))?.keyId ?? '';
    const refused = await remove(own);
    expect([refused.status, refused.body.code]).toEqual([409, 'KEY_CONFLICT']);
    expect(refused.body.hint).toContain('make another one');
    expect(refused.body.operator_hint).toBeUndefined(); // admin is not operate
    const second = (await create({ scopes: ['admin'] })).body;
    expect((await remove(second.key_id, second.key)).status).toBe(204);
    expect((await remove(second.key_id, second.key)).body.code).toBe('UNAUTHENTICATED');
    expect((await remove(own)).body.code).toBe('KEY_CONFLICT');
  });
});
