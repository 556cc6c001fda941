import { createHash } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { completeUpload } from '../../../src/api/uploads/complete-upload.ts';
import { startApi, type TestApi } from '../../support/api.ts';
import { tinyVideo } from '../../support/tiny-video.ts';
import { createUpload, putPart, sentUpload } from '../../support/upload.ts';

let api: TestApi;
let key: string;
beforeAll(async () => {
  api = await startApi({ maxUploadBytes: 100 * 2 ** 20 });
  key = await api.key();
});
afterAll(() => api?.stop());

const content = tinyVideo('what was sent');
const at = (id: string, rest = '') => `/api/v1/videos/${id}${rest}`;
const complete = (id: string, body: unknown) => api.call('POST', at(id, '/upload/complete'), { key, body });
const stored = async (id: string) => {
  const video = await api.database.videos.find(id);
  return video && (await api.storage.head(video.originalKey));
};

describe('an upload', () => {
  test('of one part goes from create to uploaded, with a run to work off', async () => {
    const { video_id, parts, max_chunk_size } = await sentUpload(api, key, content);
    expect(max_chunk_size).toBe(16 * 2 ** 20);
    expect(await complete(video_id, { parts })).toMatchObject({ status: 202, body: { video_id, status: 'uploaded' } });

    const video = await api.call('GET', at(video_id), { key });
    expect(video.body).toMatchObject({ video_id, title: 'A clip', filename: 'clip.mp4', playable: false, error: null });
    const status = await api.call('GET', at(video_id, '/status'), { key });
    expect(status.body).toMatchObject({ status: 'uploaded', pipeline_progress: { probe: 'pending', drm: 'skipped' } });
    expect((await api.database.runs.open()).map((run) => run.videoId)).toContain(video_id);
    const row = await api.database.videos.find(video_id);
    expect(await text(await api.storage.read(row?.originalKey ?? ''))).toBe(Buffer.from(content).toString());
  });

  test('of two parts, sent out of order and listed by GET, is joined in order', async () => {
    const chunk = 16 * 2 ** 20;
    const whole = new Uint8Array(chunk + 5).fill(7);
    whole.set(tinyVideo(''));
    whole.set([1, 2, 3, 4, 5], chunk);
    const { video_id } = await createUpload(api, key, whole.length);
    const urls = await api.call('POST', at(video_id, '/upload/parts'), { key, body: { part_numbers: [2, 1] } });
    const [second, first] = urls.body.parts;
    expect(second).toMatchObject({ part_number: 2, expires_at: expect.stringMatching(/Z$/) });
    await putPart(second.url, whole.slice(chunk));
    await putPart(first.url, whole.slice(0, chunk));

    const listed = await api.call('GET', at(video_id, '/upload/parts'), { key });
    expect(listed.body.parts).toMatchObject([
      { part_number: 1, size_bytes: chunk },
      { part_number: 2, size_bytes: 5 },
    ]);
    const checksum = createHash('sha256').update(whole).digest('hex');
    const done = await complete(video_id, { parts: listed.body.parts, checksum });
    expect(done.status).toBe(202);
    expect((await stored(video_id))?.size).toBe(whole.length);
  });

  test('may be completed twice, and twice at once: one run comes of it', async () => {
    const { video_id, parts } = await sentUpload(api, key, content);
    const answers = await Promise.all([complete(video_id, { parts }), complete(video_id, { parts })]);
    answers.push(await complete(video_id, { parts }));
    expect(answers.map(({ status, body }) => [status, body.status])).toEqual(Array(3).fill([202, 'uploaded']));
    expect((await api.database.runs.open()).filter((run) => run.videoId === video_id)).toHaveLength(1);
  });

  test('that was accepted stays so, whatever a second complete brings', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { video_id, parts } = await sentUpload(api, key, content);
      const wrong = { parts, checksum: '0'.repeat(64) };
      const answers = await Promise.all([complete(video_id, { parts }), complete(video_id, wrong)]);
      const video = await api.call('GET', at(video_id), { key });
      const refused = { status: 422, body: { code: 'UPLOAD_CHECKSUM_MISMATCH' } };
      const outcome = video.body.status === 'failed' ? refused : { status: 202, body: { status: 'uploaded' } };
      expect(answers).toMatchObject([outcome, outcome]);
      expect(await complete(video_id, wrong)).toMatchObject(outcome);
      expect((await api.call('GET', at(video_id), { key })).body.status).toBe(video.body.status);
    }
  });

  test('whose parts were joined before a crash is completed by the next try', async () => {
    const { video_id, upload_id, parts } = await sentUpload(api, key, content);
    const row = await api.database.videos.find(video_id);
    const joined = parts.map(({ etag }) => ({ partNumber: 1, etag: etag.replaceAll('"', '') }));
    await api.storage.completeMultipartUpload(row?.originalKey ?? '', upload_id, joined);
    expect((await complete(video_id, { parts })).status).toBe(202);
  });

  test('takes its priority from the plan, not from the request', async () => {
    const free = await api.key({ plan: 'free' });
    const body = { filename: 'a.mp4', content_type: 'video/mp4', file_size_bytes: 1, title: 'a' };
    const asked = await api.call('POST', '/api/v1/videos/upload', { key: free, body: { ...body, priority: 'urgent' } });
    expect([asked.status, asked.body.detail]).toEqual([400, 'body: does not take "priority"']);
    const { body: upload } = await api.call('POST', '/api/v1/videos/upload', { key: free, body });
    const video = await api.call('GET', at(upload.video_id), { key: free });
    expect(video.body.priority).toBe('low');
  });
});

describe('what is wrong with an upload is said at once', () => {
  test('UPLOAD_SIZE_MISMATCH: a size lie fails the video and keeps the object', async () => {
    const { video_id, parts } = await sentUpload(api, key, content, content.length + 1);
    const first = await complete(video_id, { parts });
    expect(first).toMatchObject({ status: 422, body: { code: 'UPLOAD_SIZE_MISMATCH', retryable: false } });
    const video = await api.call('GET', at(video_id), { key });
    expect(video.body).toMatchObject({ status: 'failed', error: { code: 'UPLOAD_SIZE_MISMATCH' } });
    expect((await stored(video_id))?.size).toBe(content.length);
    expect((await complete(video_id, { parts })).body.code).toBe('UPLOAD_SIZE_MISMATCH');
    expect((await api.database.runs.open()).map((run) => run.videoId)).not.toContain(video_id);
  });

  test('UPLOAD_CHECKSUM_MISMATCH: a wrong checksum too', async () => {
    const { video_id, parts } = await sentUpload(api, key, content);
    const answer = await complete(video_id, { parts, checksum: '0'.repeat(64) });
    expect(answer).toMatchObject({ status: 422, body: { code: 'UPLOAD_CHECKSUM_MISMATCH' } });
    expect(await stored(video_id)).not.toBeNull();
  });

  test.each([
    ['with its empty part', true],
    ['without any part', false],
  ])('an empty file %s', async (_name, sent) => {
    const upload = await createUpload(api, key, 0);
    const parts = sent ? [{ part_number: 1, etag: (await putPart(upload.upload_url, new Uint8Array())).etag }] : [];
    expect(await complete(upload.video_id, { parts })).toMatchObject({ status: 422, body: { code: 'INPUT_EMPTY' } });
    const video = await api.call('GET', at(upload.video_id), { key });
    expect(video.body).toMatchObject({ status: 'failed', error: { code: 'INPUT_EMPTY' } });
  });

  test('UPLOAD_PARTS_INVALID: a wrong ETag or a part that never came leaves the upload open', async () => {
    const { video_id, parts } = await sentUpload(api, key, content);
    const wrong = [
      [],
      [{ part_number: 1, etag: '0'.repeat(32) }],
      [...parts, { part_number: 2, etag: '0'.repeat(32) }],
    ];
    for (const listed of wrong) {
      const answer = await complete(video_id, { parts: listed });
      expect(answer).toMatchObject({ status: 422, body: { code: 'UPLOAD_PARTS_INVALID', retryable: false } });
    }
    expect((await complete(video_id, { parts })).status).toBe(202);
  });

  test('a size over the limit is UPLOAD_TOO_LARGE, a part beyond the file REQUEST_MALFORMED', async () => {
    const body = { filename: 'a.mp4', content_type: 'video/mp4', file_size_bytes: 2 ** 40, title: 'a' };
    const answer = await api.call('POST', '/api/v1/videos/upload', { key, body });
    expect(answer).toMatchObject({ status: 422, body: { code: 'UPLOAD_TOO_LARGE' } });
    const { video_id } = await createUpload(api, key, 10);
    const parts = await api.call('POST', at(video_id, '/upload/parts'), { key, body: { part_numbers: [1, 2] } });
    expect(parts).toMatchObject({ status: 400, body: { code: 'REQUEST_MALFORMED' } });
  });
});

test('an aborted upload is gone, and stays so: UPLOAD_NOT_OPEN', async () => {
  const { video_id, upload_url, parts } = await sentUpload(api, key, content);
  const abort = () => api.call('DELETE', at(video_id, '/upload'), { key });
  expect((await abort()).status).toBe(204);
  expect((await abort()).status).toBe(204);
  expect((await putPart(upload_url, content)).status).toBe(404);
  expect(await complete(video_id, { parts })).toMatchObject({ status: 409, body: { code: 'UPLOAD_NOT_OPEN' } });
  expect((await api.call('GET', at(video_id), { key })).body.status).toBe('cancelled');
  const parts2 = await api.call('POST', at(video_id, '/upload/parts'), { key, body: { part_numbers: [1] } });
  expect(parts2.status).toBe(409);
});

test('of an abort and a complete at once one wins, and only a completed upload leaves an object', async () => {
  const seen = new Set<number>();
  let delay = 0; // hunts for the moment at which either can win
  for (let round = 0; round < 40; round += 1) {
    const { video_id, parts } = await sentUpload(api, key, content);
    const abort = async () => {
      await setTimeout(delay);
      return api.call('DELETE', at(video_id, '/upload'), { key });
    };
    const [completed, aborted] = await Promise.all([complete(video_id, { parts }), abort()]);
    const { status } = (await api.call('GET', at(video_id), { key })).body;
    const found = [completed.status, aborted.status, status, (await stored(video_id)) !== null];
    expect(found).toEqual(aborted.status === 204 ? [409, 204, 'cancelled', false] : [202, 409, 'uploaded', true]);
    seen.add(aborted.status);
    delay = Math.max(0, delay + (aborted.status === 204 ? 3 : -2));
  }
  expect([...seen].sort()).toEqual([204, 409]);
});

test('a complete that an abort overtakes says UPLOAD_NOT_OPEN', async () => {
  const { video_id, parts } = await sentUpload(api, key, content);
  const before = await api.database.videos.find(video_id);
  if (!before) throw new Error('no row');
  await api.call('DELETE', at(video_id, '/upload'), { key });
  await expect(completeUpload(api, before, { parts })).rejects.toMatchObject({ code: 'UPLOAD_NOT_OPEN' });
});

test('an abort takes away what was joined before a crash', async () => {
  const { video_id, upload_id, parts } = await sentUpload(api, key, content);
  const row = await api.database.videos.find(video_id);
  const joined = parts.map(({ etag }) => ({ partNumber: 1, etag: etag.replaceAll('"', '') }));
  await api.storage.completeMultipartUpload(row?.originalKey ?? '', upload_id, joined);
  expect((await api.call('DELETE', at(video_id, '/upload'), { key })).status).toBe(204);
  expect(await stored(video_id)).toBeNull();
});

test('an upload that is complete cannot be aborted', async () => {
  const { video_id, parts } = await sentUpload(api, key, content);
  await complete(video_id, { parts });
  expect((await api.call('DELETE', at(video_id, '/upload'), { key })).status).toBe(409);
  expect(await stored(video_id)).not.toBeNull();
});

describe('a signed URL', () => {
  test('takes its one part, gives the ETag to pages of any origin, and nothing else passes with it', async () => {
    const { upload_url } = await createUpload(api, key, content.length);
    const preflight = await fetch(upload_url, { method: 'OPTIONS', headers: { origin: 'https://app.example' } });
    expect(preflight.headers.get('access-control-allow-methods')).toContain('PUT');

    const tampered = new URL(upload_url);
    for (const [name, value] of [...tampered.searchParams]) {
      const url = new URL(upload_url);
      url.searchParams.set(name, value.endsWith('1') ? `${value.slice(0, -1)}2` : `${value.slice(0, -1)}1`);
      expect([name, (await putPart(url.href, content)).status]).toEqual([name, 403]);
    }
    const other = new URL(upload_url);
    other.pathname = other.pathname.replace(/vid_.{4}/, 'vid_0000');
    expect((await putPart(other.href, content)).status).toBe(403);
    expect((await fetch(upload_url)).status).toBe(403);

    const response = await fetch(upload_url, { method: 'PUT', body: content });
    expect(response.status).toBe(200);
    expect(response.headers.get('etag')).toBe(`"${createHash('md5').update(content).digest('hex')}"`);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(response.headers.get('access-control-expose-headers')).toMatch(/etag/i);
  });

  test('reads one object until it expires, then SIGNATURE_EXPIRED', async () => {
    const { video_id, parts } = await sentUpload(api, key, content);
    await complete(video_id, { parts });
    const object = await stored(video_id);
    const sign = (ms: number) => api.storage.signGetUrl(object?.key ?? '', new Date(Date.now() + ms));
    const response = await fetch(await sign(60_000));
    expect([response.status, await response.text()]).toEqual([200, Buffer.from(content).toString()]);
    expect((await fetch(await sign(60_000), { method: 'PUT', body: 'x' })).status).toBe(403);
    const late = await fetch(await sign(-1_000));
    expect([late.status, JSON.parse(await late.text()).code]).toEqual([403, 'SIGNATURE_EXPIRED']);
  });
});
