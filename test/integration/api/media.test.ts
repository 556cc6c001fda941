import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApi, type TestApi } from '../../support/api.ts';
import { seedVideo } from '../../support/seed-video.ts';

let api: TestApi;
/** Of a public video: a segment, and its folder. */
let key: string;
let folder: string;
const content = Buffer.from('0123456789');

beforeAll(async () => {
  api = await startApi();
  const contentType = 'video/mp4';
  const { videoId, runId } = await seedVideo(api.database, 'ready');
  folder = `transcoded/${videoId}/${runId}/package-1`;
  key = `${folder}/h264/720p/seg-1.m4s`;
  await api.storage.put(key, content, { contentType });
  await api.storage.put(`${folder}/manifest.m3u8`, Buffer.from('#EXTM3U'), { contentType });
  for (const hidden of ['originals/vid_1/original.mp4', 'segments/vid_1/run_1/encode/1/720p.m4s']) {
    await api.storage.put(hidden, Buffer.from('secret'), { contentType });
  }
});
afterAll(() => api?.stop());

const media = (path: string, init?: RequestInit) => fetch(`${api.url}/media/${path}`, init);

test('a media file is served without a key, for ever and to any origin', async () => {
  const response = await media(key);
  expect(await response.text()).toBe('0123456789');
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'video/iso.segment',
    'content-length': '10',
    'cache-control': 'public, max-age=31536000, immutable',
    'accept-ranges': 'bytes',
    'access-control-allow-origin': '*',
    'cross-origin-resource-policy': 'cross-origin',
  });
  expect(response.headers.get('etag')).toMatch(/^".+"$/);
});

test('a manifest is kept for a minute: where playback has ended, players behind a cache find out', async () => {
  const response = await media(`${folder}/manifest.m3u8`);
  expect(await response.text()).toBe('#EXTM3U');
  expect(response.headers.get('cache-control')).toBe('public, max-age=60');
});

test.each([
  ['bytes=0-3', 206, '0123', 'bytes 0-3/10'],
  ['bytes=4-', 206, '456789', 'bytes 4-9/10'],
  ['bytes=-2', 206, '89', 'bytes 8-9/10'],
  ['bytes=8-99', 206, '89', 'bytes 8-9/10'],
  ['bytes=10-', 416, '', 'bytes */10'],
  ['bytes=0-1,4-5', 200, '0123456789', null],
  ['pages=1', 200, '0123456789', null],
])('Range %s: %i', async (range, status, body, contentRange) => {
  const response = await media(key, { headers: { range } });
  expect([response.status, await response.text(), response.headers.get('content-range')]).toEqual([
    status,
    body,
    contentRange,
  ]);
});

test('HEAD, If-None-Match and If-Range', async () => {
  const head = await media(key, { method: 'HEAD' });
  const etag = head.headers.get('etag') ?? '';
  expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '10', '']);
  // fetch would say no-cache beside If-None-Match, a browser does not.
  const asked = { 'if-none-match': etag, 'cache-control': 'max-age=0' };
  expect((await media(key, { headers: asked })).status).toBe(304);
  expect((await media(key, { headers: { range: 'bytes=0-1', 'if-range': etag } })).status).toBe(206);
  expect((await media(key, { headers: { range: 'bytes=0-1', 'if-range': '"other"' } })).status).toBe(200);
});

test('a page of another origin may ask for ranges', async () => {
  const response = await media(key, { method: 'OPTIONS', headers: { origin: 'https://cdn.example' } });
  expect(response.status).toBe(204);
  expect(response.headers.get('access-control-allow-headers')).toMatch(/range/i);
});

describe('nothing but what players fetch is there', () => {
  test.each([
    'originals/vid_1/original.mp4',
    'segments/vid_1/run_1/encode/1/720p.m4s',
    'transcoded/../originals/vid_1/original.mp4',
    'transcoded/%2e%2e/originals/vid_1/original.mp4',
    'transcoded%2f..%2foriginals%2fvid_1%2foriginal.mp4',
    'transcoded/..%5coriginals%5cvid_1%5coriginal.mp4',
    'transcoded/vid_1/%00',
    '../../etc/passwd',
    '%2e%2e%2f%2e%2e%2fetc%2fpasswd',
    'transcoded/vid_1',
    'transcoded/vid_1/',
    'transcoded/vid_1/missing.m4s',
  ])('%s', async (path) => {
    const { status, body } = await raw(`/media/${path}`);
    expect(status).toBe(404);
    expect(JSON.parse(body).code).toBe('NOT_FOUND');
  });

  test('neither a file that is missing, nor one of a video that is not there', async () => {
    const stray = 'transcoded/vid_0/run_1/package-1/manifest.m3u8';
    await api.storage.put(stray, content, { contentType: 'video/mp4' });
    for (const path of [`${folder}/missing.m4s`, stray]) {
      const response = await media(path);
      expect([response.status, response.headers.get('cache-control')]).toEqual([404, 'no-store']);
    }
  });

  test.each(['DELETE', 'PUT', 'POST'])('%s is no method of it', async (method) => {
    expect((await media(key, { method })).status).toBe(404);
    expect((await media(key)).status).toBe(200);
  });
});

/** A request whose path is sent as it stands: fetch would clean it up first. */
function raw(path: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    request(`${api.url}/`, { path }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => {
        body += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    })
      .on('error', reject)
      .end();
  });
}
