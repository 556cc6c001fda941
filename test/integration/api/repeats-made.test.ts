import { afterAll, beforeAll, expect, test } from 'vitest';
import { scopes } from '../../../src/database/scopes.ts';
import { type Answer, startApi, type TestApi } from '../../support/api.ts';
import { type OpenTestDatabase, openTestDatabase } from '../../support/open-test-database.ts';
import { seedVideo } from '../../support/seed-video.ts';

let place: OpenTestDatabase;
let api: TestApi;
let key: string;
beforeAll(async () => {
  place = await openTestDatabase();
  api = await startApi({}, { queueOn: 'postgres', databaseUrl: place.url });
  key = await api.key({ creatorId: 'ops', scopes });
});
afterAll(async () => {
  await api?.stop();
  await place?.close();
});

/** The answers to a request, and to the same after a process that died between what it made and its answer. */
async function twice(path: string, body: object): Promise<[Answer, Answer]> {
  const send = () => api.call('POST', path, { key, body, headers: { 'idempotency-key': path } });
  const first = await send();
  await place.query(`UPDATE idempotent_requests SET status = NULL, headers = '{}', body = NULL, locked_until = now()`);
  const second = await send();
  expect(second.headers.get('idempotency-replayed')).toBeNull();
  return [first, second];
}

const newKey = { creator_id: 'web', name: 'app', scopes: ['videos:read'] };
const countKeys = async () => (await place.query('SELECT id FROM api_keys')).length;

test('a key whose answer was lost is told again, and there is one', async () => {
  const before = await countKeys();
  const [first, second] = await twice('/api/v1/keys', newKey);
  expect([second.status, second.body]).toEqual([201, first.body]);
  expect(await countKeys()).toBe(before + 1);
  expect(await api.database.keys.owner(second.body.key)).toMatchObject({ keyId: first.body.key_id });
});

test('a rotation whose answer was lost is told again', async () => {
  const { body: old } = await api.call('POST', '/api/v1/keys', { key, body: newKey });
  const before = await countKeys();
  const [first, second] = await twice(`/api/v1/keys/${old.key_id}/rotate`, { overlap_seconds: 60 });
  expect([second.status, second.body]).toEqual([201, first.body]);
  expect(await countKeys()).toBe(before + 1);
  expect(await api.database.keys.owner(second.body.key)).toMatchObject({ keyId: first.body.key_id });
});

test('a retry whose answer was lost is told again, also where its run has failed since', async () => {
  const { videoId } = await seedVideo(api.database, 'failed');
  const path = `/api/v1/videos/${videoId}/retry`;
  const [first, second] = await twice(path, {});
  expect([second.status, second.body]).toEqual([202, first.body]);
  const runId = (await api.database.videos.find(videoId))?.runId ?? '';
  await api.database.tasks.failed({ runId, name: 'probe' }, { code: 'INPUT_NOT_MEDIA', detail: 'a zip file' });
  expect((await twice(path, {}))[1].body).toEqual(first.body);
  expect(await place.query('SELECT id FROM runs WHERE video_id = $1', [videoId])).toHaveLength(2);
});

test('two keys of two requests have nothing in common', async () => {
  const send = (idempotencyKey: string) =>
    api.call('POST', '/api/v1/keys', { key, body: newKey, headers: { 'idempotency-key': idempotencyKey } });
  const made = await Promise.all([send('one'), send('two'), api.call('POST', '/api/v1/keys', { key, body: newKey })]);
  expect(new Set(made.map(({ body }) => body.key_id)).size).toBe(3);
  expect(new Set(made.map(({ body }) => body.key)).size).toBe(3);
  const seeds = await place.query('SELECT seed FROM idempotent_requests');
  for (const { seed } of seeds) expect(JSON.stringify(made.map(({ body }) => body))).not.toContain(seed);
});
