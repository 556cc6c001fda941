import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { completeUpload } from '../../../src/api/uploads/complete-upload.ts';
import { completeBody } from '../../../src/api/uploads/upload-bodies.ts';
import { startApi, type TestApi } from '../../support/api.ts';
import { bytesOf } from '../../support/byte-source.ts';
import { makeClip } from '../../support/clips.ts';
import { box, join, u32 } from '../../support/mp4-boxes.ts';
import { tinyVideo } from '../../support/tiny-video.ts';
import { sentUpload } from '../../support/upload.ts';

let api: TestApi;
let key: string;
beforeAll(async () => {
  api = await startApi();
  key = await api.key();
});
afterAll(() => api?.stop());

const complete = (id: string, parts: unknown) =>
  api.call('POST', `/api/v1/videos/${id}/upload/complete`, { key, body: { parts } });
const videoOf = async (id: string) => (await api.call('GET', `/api/v1/videos/${id}`, { key })).body;
const keptBytes = async (id: string) => {
  const video = await api.database.videos.find(id);
  return readFile(api.storage.localPath(video?.originalKey ?? '') ?? '');
};
const runsOf = async (id: string) => (await api.database.runs.open()).filter((run) => run.videoId === id);

const cutShort = join(
  box('ftyp', u32(0x69736f6d, 0)),
  u32(12_345_678),
  bytesOf('mdat'),
  new Uint8Array(200_000).fill(7),
);

test.each([
  ['a web page', bytesOf('<!DOCTYPE html><title>404</title>'), 'INPUT_NOT_MEDIA', /HTML/],
  ['a playlist', bytesOf('\n#EXTM3U\n#EXTINF:4,\nhttp://169.254.169.254/\n'), 'INPUT_PLAYLIST_REFUSED', /HLS/],
  ['sound', bytesOf(`RIFF\x24\0\0\0WAVEfmt ${'\0'.repeat(100)}`), 'INPUT_NO_VIDEO', /WAV/],
  ['a GIF', bytesOf('GIF89a\x01\0\x01\0'), 'INPUT_FORMAT_UNSUPPORTED', /GIF/],
  ['an MP4 without its end', cutShort, 'INPUT_TRUNCATED', /mdat wants 12,345,678 bytes, of which 200,008 are there/],
  ['an iTunes song with DRM', join(box('ftyp', bytesOf('M4P \0\0\0\0'))), 'INPUT_ENCRYPTED', /protection/],
])('%s fails at complete, once and for all, and is kept', async (_, content, code, detail) => {
  const bytes = new Uint8Array(content);
  const { video_id, parts } = await sentUpload(api, key, bytes);
  const problem = { status: 422, body: { code, retryable: false, detail: expect.stringMatching(detail) } };
  expect(await Promise.all([complete(video_id, parts), complete(video_id, parts)])).toMatchObject([problem, problem]);
  expect(await complete(video_id, parts)).toMatchObject(problem);

  expect(await videoOf(video_id)).toMatchObject({ status: 'failed', error: { code } });
  expect(new Uint8Array(await keptBytes(video_id))).toEqual(bytes);
  expect(await runsOf(video_id)).toEqual([]); // no run, no job
});

test('a video is taken, and so is one with a page behind it, which is never served as one', async () => {
  const clip = new Uint8Array(await readFile(await makeClip({ seconds: 1, size: '64x36' })));
  const both = join(clip, bytesOf('<html><script>alert(1)</script></html>'));
  for (const bytes of [clip, new Uint8Array(both)]) {
    const { video_id, parts } = await sentUpload(api, key, bytes);
    expect(await complete(video_id, parts)).toMatchObject({ status: 202, body: { status: 'uploaded' } });
    expect(await runsOf(video_id)).toHaveLength(1);

    const original = (await api.database.videos.find(video_id))?.originalKey ?? '';
    expect((await fetch(`${api.url}/media/${original}`)).status).toBe(404);
    const signed = await fetch(await api.storage.signGetUrl(original, new Date(Date.now() + 60_000)));
    expect(new Uint8Array(await signed.arrayBuffer())).toEqual(bytes);
    expect(Object.fromEntries(signed.headers)).toMatchObject({
      'content-disposition': 'attachment',
      'content-security-policy': 'sandbox',
      'x-content-type-options': 'nosniff',
    });
  }
});

test('sound is taken where the policy publishes it', async () => {
  const { video_id, parts } = await sentUpload(api, key, new Uint8Array(bytesOf(`fLaC${'\0'.repeat(100)}`)));
  const row = await api.database.videos.find(video_id);
  if (!row) throw new Error('no row');
  const publishing = { ...api, settings: { ...api.settings, audioOnly: 'publish' as const } };
  expect(await completeUpload(publishing, row, completeBody.parse({ parts }))).toMatchObject({ status: 'uploaded' });
});

test.each([
  ['fails', async () => Promise.reject(new Error('EIO: /secret/path'))],
  ['has lost it', async () => Promise.reject(Object.assign(new Error('gone'), { code: 'NOT_FOUND' }))],
  ['breaks off', async () => Readable.from([new Uint8Array(3)])],
  [
    'fails on the way',
    async () =>
      new Readable({
        read() {
          this.destroy(new Error('EIO'));
        },
      }),
  ],
])('a storage that %s is a service that is away, and no refusal', async (_, read) => {
  const { video_id, parts } = await sentUpload(api, key, tinyVideo('whole'));
  const row = await api.database.videos.find(video_id);
  if (!row) throw new Error('no row');
  await expect(
    completeUpload({ ...api, storage: { ...api.storage, read } }, row, completeBody.parse({ parts })),
  ).rejects.toMatchObject({
    code: 'SERVICE_UNAVAILABLE',
    detail: 'The storage does not give the upload back.',
  });
  expect((await videoOf(video_id)).status).toBe('awaiting_upload');
  expect(await complete(video_id, parts)).toMatchObject({ status: 202 });
});
