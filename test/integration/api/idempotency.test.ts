import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApi, type TestApi } from '../../support/api.ts';
import { until } from '../../support/queue.ts';

const path = '/api/v1/videos/upload';
const upload = { filename: 'clip.mp4', content_type: 'video/mp4', file_size_bytes: 1_000, title: 'A clip' };

let api: TestApi;
let pool: pg.Pool;
beforeAll(async () => {
  api = await startApi({ maxUploadBytes: 2_000 });
  pool = new pg.Pool({ connectionString: api.urls.databaseUrl, max: 3 });
  pool.on('error', () => {});
});
afterAll(async () => {
  await pool.end();
  await api.stop();
});

const create = (key: string, idempotencyKey: string, body: object = upload) =>
  api.call('POST', path, { key, body, headers: { 'idempotency-key': idempotencyKey } });

/** As it stands on the wire. */
async function bytes(key: string, idempotencyKey: string, body: string) {
  const response = await fetch(`${api.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'idempotency-key': idempotencyKey },
    body,
  });
  const { status, headers } = response;
  return {
    answer: {
      status,
      type: headers.get('content-type'),
      location: headers.get('location'),
      text: await response.text(),
    },
    replayed: headers.get('idempotency-replayed'),
  };
}

const rows = async (sql: string, values: unknown[] = []) => (await pool.query(sql, values)).rows;
const videosOf = async (creatorId: string) => rows('SELECT id FROM videos WHERE creator_id = $1', [creatorId]);
const creator = async () => {
  const creatorId = `idempotent-${Math.random()}`;
  return { creatorId, key: await api.key({ creatorId }) };
};

/** Holds every insert of a video up until the returned function is called. */
async function stopInserts() {
  const client = await pool.connect();
  await client.query('BEGIN');
  await client.query('LOCK TABLE videos IN EXCLUSIVE MODE');
  return async () => {
    await client.query('COMMIT');
    client.release();
  };
}
const waiting = async (most: number) => {
  const [row] = await rows(
    `SELECT count(*)::int AS n FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`,
  );
  return row?.n >= most;
};

describe('the same request with the same key', () => {
  test('gets the same answer, byte for byte, and makes nothing twice', async () => {
    const { creatorId, key } = await creator();
    const first = await bytes(key, 'one', JSON.stringify(upload));
    const again = await bytes(key, '"one"', JSON.stringify(Object.fromEntries(Object.entries(upload).reverse())));
    expect(first).toMatchObject({
      answer: { status: 201, location: expect.stringContaining('/api/v1/videos/vid_') },
      replayed: null,
    });
    expect(again).toEqual({ answer: first.answer, replayed: 'true' });
    expect(await videosOf(creatorId)).toHaveLength(1);
  });

  test('is executed again where it was refused: what it lacked may be there by now', async () => {
    const { key } = await creator();
    const wanted = { ...upload, preset: 'made-later' };
    expect(await create(key, 'early', wanted)).toMatchObject({ status: 422, body: { code: 'PRESET_UNKNOWN' } });
    await api.database.presets.putPreset({ name: 'made-later', policy: 'standard', description: '', plans: [] });
    expect(await create(key, 'early', wanted)).toMatchObject({ status: 201 });
  });

  test('of another API key is another request', async () => {
    const [one, other] = [await creator(), await creator()];
    const ids = [await create(one.key, 'shared'), await create(other.key, 'shared')].map(({ body }) => body.video_id);
    expect(new Set(ids).size).toBe(2);
  });

  test('thirty at once make one video', async () => {
    const { creatorId, key } = await creator();
    const answers = await Promise.all(Array.from({ length: 30 }, () => create(key, 'crowd')));
    const made = answers.filter(({ status }) => status === 201).map(({ body }) => body.video_id);
    const others = answers.filter(({ status }) => status !== 201).map(({ body }) => body.code);
    expect(new Set(made)).toEqual(new Set((await videosOf(creatorId)).map(({ id }) => id)));
    expect(new Set(made).size).toBe(1);
    expect(new Set(others)).toEqual(others.length > 0 ? new Set(['IDEMPOTENCY_IN_FLIGHT']) : new Set());
  });
});

test('IDEMPOTENCY_KEY_REUSED: another body or another path under a key is refused', async () => {
  const { creatorId, key } = await creator();
  const { body } = await create(key, 'taken');
  const otherBody = await create(key, 'taken', { ...upload, title: 'Another' });
  const otherPath = await api.call('POST', `/api/v1/videos/${body.video_id}/upload/parts`, {
    ...{ key, body: upload, headers: { 'idempotency-key': 'taken' } },
  });
  for (const answer of [otherBody, otherPath]) {
    expect(answer).toMatchObject({ status: 409, body: { code: 'IDEMPOTENCY_KEY_REUSED', retryable: false } });
  }
  expect(await videosOf(creatorId)).toHaveLength(1);
});

test('IDEMPOTENCY_IN_FLIGHT: while the first is being answered others are told when to ask again', async () => {
  const { key } = await creator();
  const go = await stopInserts();
  const first = create(key, 'slow');
  await until('the insert waits', 30_000, () => waiting(1));
  const second = await create(key, 'slow');
  await go();
  const made = await first;
  expect(second).toMatchObject({ status: 409, body: { code: 'IDEMPOTENCY_IN_FLIGHT', retryable: true } });
  expect(Number(second.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  expect((await create(key, 'slow')).body).toEqual(made.body);
});

test('REQUEST_MALFORMED: a key that is none is refused, and a body that is mended may have the key that it was first sent with', async () => {
  const { key } = await creator();
  expect(await create(key, 'two words')).toMatchObject({ status: 400, body: { code: 'REQUEST_MALFORMED' } });
  expect(await create(key, 'mended', { ...upload, filename: '' })).toMatchObject({ status: 400 });
  expect(await create(key, 'mended')).toMatchObject({ status: 201 });
});

test('what failed by our own fault is executed again, and its key still stands for it', async () => {
  const { creatorId, key } = await creator();
  await pool.query('ALTER TABLE videos RENAME TO videos_gone');
  const failed = await create(key, 'unlucky').finally(() => pool.query('ALTER TABLE videos_gone RENAME TO videos'));
  expect(failed.status).toBe(500);
  expect(await create(key, 'unlucky', { ...upload, title: 'Another' })).toMatchObject({
    body: { code: 'IDEMPOTENCY_KEY_REUSED' },
  });
  const again = await create(key, 'unlucky');
  expect(again.status).toBe(201);
  expect(again.headers.get('idempotency-replayed')).toBeNull();
  expect(await videosOf(creatorId)).toHaveLength(1);
});

test('whoever loses his lease makes nothing, and answers nothing of his own', async () => {
  const { creatorId, key } = await creator();
  const go = await stopInserts();
  const slow = create(key, 'overtaken');
  await until('the first waits', 30_000, () => waiting(1));
  await pool.query('UPDATE idempotent_requests SET locked_until = now() WHERE status IS NULL');
  const fast = create(key, 'overtaken');
  await until('the second waits', 30_000, () => waiting(2));
  await go();
  expect(await slow).toMatchObject({ status: 409, body: { code: 'IDEMPOTENCY_IN_FLIGHT' } });
  expect(await fast).toMatchObject({ status: 201 });
  const [video] = await rows('SELECT id, upload_id FROM videos WHERE creator_id = $1', [creatorId]);
  expect((await fast).body).toMatchObject({ video_id: video?.id, upload_id: video?.upload_id });
  expect(await videosOf(creatorId)).toHaveLength(1);
  expect((await create(key, 'overtaken')).body).toEqual((await fast).body);
});

test('an upload token’s requests are those of its video, whichever token sends them', async () => {
  const { key } = await creator();
  const { video_id } = (await create(key, 'for-tokens')).body;
  const token = async () =>
    (await api.call('POST', `/api/v1/videos/${video_id}/upload-token`, { key, body: {} })).body.token;
  const sign = async (bearer: string, part: number) =>
    api.call('POST', `/api/v1/videos/${video_id}/upload/parts`, {
      ...{ key: bearer, body: { part_numbers: [part] }, headers: { 'idempotency-key': 'sign' } },
    });
  const answers = [await sign(await token(), 1), await sign(await token(), 2), await sign(key, 1)];
  expect(answers.map(({ body }) => body.code ?? 'ok')).toEqual(['ok', 'IDEMPOTENCY_KEY_REUSED', 'ok']);
});

test('what only signs is signed again, its answer is not kept, and its key still stands for it', async () => {
  const { key } = await creator();
  const { video_id } = (await create(key, 'signs')).body;
  const sign = (part_numbers: number[]) =>
    api.call('POST', `/api/v1/videos/${video_id}/upload/parts`, {
      ...{ key, body: { part_numbers }, headers: { 'idempotency-key': 'parts' } },
    });
  const [first, again, other] = [await sign([1]), await sign([1]), await sign([2])];
  expect([first.status, again.status, again.headers.get('idempotency-replayed')]).toEqual([200, 200, null]);
  expect(other.body.code).toBe('IDEMPOTENCY_KEY_REUSED');
  expect(await sign([1, 1])).toMatchObject({ status: 409 });
  const twice = await api.call('POST', `/api/v1/videos/${video_id}/upload/parts`, {
    ...{ key, body: { part_numbers: [1, 1] } },
  });
  expect(twice).toMatchObject({ status: 400, body: { detail: expect.stringContaining('each part once') } });
  const owner = (await api.database.keys.owner(key))?.keyId;
  const kept = await rows('SELECT body FROM idempotent_requests WHERE api_key_id = $1 ORDER BY id', [owner]);
  expect(kept).toEqual([{ body: expect.any(String) }, { body: null }]);
});

test('a new API key is told again to who asks again, and is nowhere in clear', async () => {
  const admin = await api.key({ scopes: ['admin'] });
  const body = { creator_id: 'somebody', name: 'backend', scopes: ['videos:read'] };
  const make = () => api.call('POST', '/api/v1/keys', { key: admin, body, headers: { 'idempotency-key': 'new-key' } });
  const first = await make();
  expect(first.status).toBe(201);
  expect((await make()).body).toEqual(first.body);
  expect(JSON.stringify(await rows('SELECT * FROM idempotent_requests'))).not.toContain(first.body.key);
});

test('what is kept holds no key, no signed URL and no Idempotency-Key in clear', async () => {
  const { key } = await creator();
  const { body } = await create(key, 'canary-of-the-client');
  const kept = JSON.stringify(await rows('SELECT * FROM idempotent_requests'));
  for (const secret of ['canary-of-the-client', 'signature', body.upload_id, key]) expect(kept).not.toContain(secret);
});

test('answers are swept after 24 h, and one that is being executed is not', async () => {
  const { key } = await creator();
  const [old, busy] = ['old', 'busy'].map((name) => create(key, name));
  await Promise.all([old, busy]);
  await pool.query(
    `UPDATE idempotent_requests SET status = NULL, locked_until = now() + interval '25 hours'
      WHERE id = (SELECT max(id) FROM idempotent_requests)`,
  );
  const after = (hours: number) => new Date(Date.now() + hours * 3_600_000);
  expect(await api.database.idempotency.sweep(after(23.9))).toBe(0);
  expect(await api.database.idempotency.sweep(after(24.1))).toBeGreaterThan(0);
  expect(await rows('SELECT status FROM idempotent_requests')).toEqual([{ status: null }]);
});
