import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApi, type TestApi } from '../../support/api.ts';
import { seedVideo } from '../../support/seed-video.ts';

let api: TestApi;
/** Another process on the same tables, whose URLs end soon. */
let other: TestApi;
beforeAll(async () => {
  api = await startApi({}, { queueOn: 'postgres' });
  other = await startApi({ playbackUrlSeconds: 1 }, { queueOn: 'postgres', databaseUrl: api.urls.databaseUrl });
});
afterAll(async () => {
  await other?.stop();
  await api?.stop();
});

/** The hint comes within milliseconds, the net below it within 3 s; a busy machine takes longer. */
const patience = { timeout: 20_000, interval: 20 };

/** A video of Anna's that plays, and her key. */
async function annasVideo() {
  const { videoId, runId } = await seedVideo(api.database, 'ready', { creatorId: 'anna' });
  const manifest = `transcoded/${videoId}/${runId}/package-1/manifest.m3u8`;
  for (const { storage } of [api, other]) {
    await storage.put(manifest, Buffer.from('bytes'), { contentType: 'video/mp4' });
  }
  const key = await api.key({ creatorId: 'anna' });
  const open = [api, other].map(({ url }) => `${url}/media/${manifest}`);
  return { key, path: `/api/v1/videos/${videoId}`, videoId, open };
}

const statusOf = async (url: string) => (await fetch(url)).status;
const statusesOf = (urls: string[]) => Promise.all(urls.map(statusOf));

test('a public video that is made signed plays by its open URL no longer, on every process, and by a token at once', async () => {
  const { key, path, open, videoId } = await annasVideo();
  expect(await statusesOf(open)).toEqual([200, 200]);

  const changed = await api.call('PATCH', path, { key, body: { playback: 'signed' } });
  expect([changed.status, changed.body.playback]).toEqual([200, 'signed']);
  expect(changed.body.hls_url).toMatch(/\/media\/~\d+\.[\w-]{43}\/transcoded\//);
  await expect.poll(() => statusesOf(open), patience).toEqual([403, 403]);
  expect(await statusesOf([changed.body.hls_url, changed.body.hls_url.replace(api.url, other.url)])).toEqual([
    200, 200,
  ]);
  expect((await api.call('GET', path, { key })).body.playback).toBe('signed');

  const last = (await api.database.events.after(videoId, '0', 100)).at(-1);
  expect([last?.type, last?.data]).toEqual(['playback', { playback: 'signed', from: 'public' }]);
});

test('a signed video that is made public plays without a token, and by those that were handed out until they end', async () => {
  const { key, path, open } = await annasVideo();
  const signed = (await api.call('PATCH', path, { key, body: { playback: 'signed' } })).body.hls_url;
  await expect.poll(() => statusesOf(open), patience).toEqual([403, 403]);

  const { status, body } = await api.call('PATCH', path, { key, body: { playback: 'public', title: 'For all' } });
  expect([status, body.playback, body.title, body.hls_url]).toEqual([200, 'public', 'For all', open[0]]);
  await expect.poll(() => statusesOf(open), patience).toEqual([200, 200]);
  expect(await statusOf(signed)).toBe(200);
});

test('signed URLs that are others by now are news to who asks, and no change of the video to who changes it', async () => {
  const { key, path } = await annasVideo();
  const { body: before } = await other.call('PATCH', path, { key, body: { playback: 'signed' } });
  const known = (await other.call('GET', path, { key })).headers.get('etag') ?? '';
  const again = () => other.call('GET', path, { key, headers: { 'if-none-match': known } });
  await expect.poll(async () => (await again()).status, patience).toBe(200);
  expect((await again()).body).toMatchObject({
    title: before.title,
    hls_url: expect.not.stringMatching(before.hls_url),
  });

  const rename = (title: string) => other.call('PATCH', path, { key, body: { title }, headers: { 'if-match': known } });
  expect(await rename('One')).toMatchObject({ status: 200, body: { title: 'One' } });
  expect(await rename('Two')).toMatchObject({ status: 412, body: { code: 'PRECONDITION_FAILED' } });
});

test('what is left out stays, and a title alone changes nothing of how it plays', async () => {
  const { key, path } = await annasVideo();
  await api.call('PATCH', path, { key, body: { playback: 'signed' } });
  const renamed = await api.call('PATCH', path, { key, body: { title: 'New' } });
  expect(renamed.body).toMatchObject({ title: 'New', playback: 'signed' });
  const again = await api.call('PATCH', path, { key, body: { playback: 'signed' } });
  expect(again.body).toMatchObject({ title: 'New', playback: 'signed' });
});

test.each([
  ['UNAUTHENTICATED', 401, async () => undefined],
  ['FORBIDDEN', 403, () => api.key({ creatorId: 'anna', scopes: ['videos:read', 'operate', 'admin'] })],
  ['NOT_FOUND', 404, () => api.key({ creatorId: 'ben' })],
])('%s: whoever may not change the video does not, and it plays on', async (code, status, keyOf) => {
  const { path, open } = await annasVideo();
  const given = await keyOf();
  const answer = await api.call('PATCH', path, { ...(given && { key: given }), body: { playback: 'signed' } });
  expect([answer.status, answer.body.code]).toEqual([status, code]);
  expect(await statusesOf(open)).toEqual([200, 200]);
});

test.each([null, 'private', '', true])('REQUEST_MALFORMED: %j is no way to play', async (playback) => {
  const { key, path, open } = await annasVideo();
  const { status, body } = await api.call('PATCH', path, { key, body: { playback } });
  expect([status, body.code]).toEqual([400, 'REQUEST_MALFORMED']);
  expect(body.detail).toContain('playback');
  expect(await statusesOf(open)).toEqual([200, 200]);
});

test('VIDEO_STATE_CONFLICT: a removed video stays as it is', async () => {
  const { key, path } = await annasVideo();
  await api.call('DELETE', path, { key });
  for (const changes of [{ playback: 'signed' }, { title: 'New' }, {}]) {
    const { status, body } = await api.call('PATCH', path, { key, body: changes });
    expect([status, body.code]).toEqual([409, 'VIDEO_STATE_CONFLICT']);
  }
});
