import { readdir, readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { fc, test as propertyTest } from '@fast-check/vitest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { displayName } from '../../../src/words/display-name.ts';
import { startApi, type TestApi } from '../../support/api.ts';
import { makeClip } from '../../support/clips.ts';
import { harmful, hostileNames } from '../../support/hostile-names.ts';
import { putPart } from '../../support/upload.ts';

let api: TestApi;
let key: string;
let film: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  film = new Uint8Array(await readFile(await makeClip({ seconds: 1, fps: 5, size: '64x36', audio: null })));
  api = await startApi();
  key = await api.key();
});
afterAll(() => api?.stop());

const create = (body: Record<string, unknown>) =>
  api.call('POST', '/api/v1/videos/upload', { key, body: { file_size_bytes: film.length, ...body } });
const get = (id: string) => api.call('GET', `/api/v1/videos/${id}`, { key });

describe.each(Object.entries(hostileNames))('an upload named by %s', (_kind, name) => {
  test('is shown by a harmless name, and its bytes lie where they belong', async () => {
    const before = await storedFiles();
    const created = await create({ filename: name, title: name, content_type: 'video/mp4' });
    expect(created.status).toBe(201);
    const id = String(created.body.video_id);
    const { etag } = await putPart(created.body.upload_url, film);
    const done = await api.call('POST', `/api/v1/videos/${id}/upload/complete`, {
      key,
      body: { parts: [{ part_number: 1, etag }] },
    });
    expect(done.status).toBe(202);

    const { body } = await get(id);
    expect(body).toMatchObject({ title: displayName(name), filename: displayName(name), status: 'uploaded' });
    expect(`${body.title}${body.filename}`).not.toMatch(harmful);
    const added = (await storedFiles()).filter((path) => !before.includes(path));
    expect(added.length).toBeGreaterThan(0);
    expect(added.filter((path) => !/^(?:[a-z.]+\/)*vid_[0-9a-z]+\/original\.[a-z0-9]+(?:\.\d+)?$/.test(path))).toEqual(
      [],
    );
  });
});

propertyTest.prop([fc.string({ unit: 'binary', minLength: 1, maxLength: 255 }).filter((name) => name.length <= 255)], {
  numRuns: 40,
})('any string comes back as its display name', async (name) => {
  const created = await create({ filename: name, title: name });
  expect(created.status).toBe(201);
  const { body } = await get(created.body.video_id);
  const shown = displayName(name);
  expect(body).toMatchObject({ filename: shown || 'unnamed', title: shown || 'unnamed' });
});

describe('what is absurd is refused, and says which field', () => {
  test.each([
    ['a filename of 300 characters', { filename: 'x'.repeat(300) }, 'filename'],
    ['a title that is no text', { filename: 'a', title: { $ne: null } }, 'title'],
    ['a title of many thousand characters', { filename: 'a', title: '\u202e'.repeat(20_000) }, 'title'],
    ['a media type with a line end', { filename: 'a', content_type: 'video/mp4\r\nset-cookie: a=b' }, 'content_type'],
  ])('%s', async (_what, body, field) => {
    const answer = await create(body);
    expect([answer.status, answer.body.code]).toEqual([400, 'REQUEST_MALFORMED']);
    expect(answer.body.detail).toMatch(new RegExp(`^${field}: `));
  });

  test.each([1_000_000, 10_000_000])('a title of %i characters: REQUEST_TOO_LARGE', async (length) => {
    const answer = await create({ filename: 'a', title: 'x'.repeat(length) });
    expect([answer.status, answer.body.code]).toEqual([413, 'REQUEST_TOO_LARGE']);
  });

  test('ten thousand wrong parts are not all listed', async () => {
    const { body } = await create({ filename: 'a' });
    const parts = Array.from({ length: 10_000 }, () => ({ part_number: '<b>', etag: 1 }));
    const answer = await api.call('POST', `/api/v1/videos/${body.video_id}/upload/complete`, { key, body: { parts } });
    expect(answer.status).toBe(400);
    expect(answer.body.detail.length).toBeLessThanOrEqual(2_000);
  });
});

test('a declared media type reaches a header only as type and subtype, and an original is never a page', async () => {
  const { body } = await create({ filename: 'a.mp4', content_type: 'text/html; x="\u4e2d\u202e"' });
  const { etag } = await putPart(body.upload_url, film);
  const parts = [{ part_number: 1, etag }];
  await api.call('POST', `/api/v1/videos/${body.video_id}/upload/complete`, { key, body: { parts } });
  const row = await api.database.videos.find(body.video_id);
  const url = await api.storage.signGetUrl(row?.originalKey ?? '', new Date(Date.now() + 60_000));
  const response = await fetch(url);
  expect(response.status).toBe(200);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': expect.stringMatching(/^text\/html(?:; charset=utf-8)?$/),
    'content-disposition': 'attachment',
    'content-security-policy': 'sandbox',
    'x-content-type-options': 'nosniff',
  });
});

describe('an error answer runs nothing', () => {
  test.each([
    ['GET', '/%3Cimg%20src=x%20onerror=alert(1)%3E'],
    ['GET', '/api/v1/videos/%3Cscript%3E'],
    ['GET', '/media/transcoded/%22%3E%3Cb%3E/x.html'],
    ['GET', '/watch/%E0%A4%A'],
    ['PUT', '/storage/%3Cb%3E?%22%3E%3Cb%3E'],
    ['GET', '/login?token=%3Cb%3E&next=%3Cscript%3E'],
  ])('%s %s', async (method, path) => {
    const page = await fetch(`${api.url}${path}`, { method, headers: { accept: 'text/html' } });
    expect(page.headers.get('content-security-policy')).toMatch(/script-src 'self'/);
    expect(await page.text()).not.toMatch(/<(?:img(?! src="\/assets\/)|script|b)\b/i);
    const answer = await api.call(method, path, { key });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.body.code).toMatch(/^[A-Z_]+$/);
  });

  test('REQUEST_MALFORMED: a request target that is no URL', async () => {
    const answer = await raw(Buffer.from('GET http://[/api HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'));
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toMatch(/content-type: application\/problem\+json/i);
    expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toMatchObject({ code: 'REQUEST_MALFORMED', status: 400 });
  });

  test('bytes that no URL has are told as text', async () => {
    const answer = await raw(
      Buffer.from('GET /\x9b31m\xe2\x80\xae HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n', 'latin1'),
    );
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(answer.replaceAll('\r', '')).not.toMatch(harmful);
  });
});

/** What the server answers to these very bytes. */
const raw = (bytes: Buffer): Promise<string> =>
  new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(Number(new URL(api.url).port), '127.0.0.1', () => socket.write(bytes));
    socket.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
    });
    socket.on('end', () => resolve(text)).on('error', reject);
  });

/** Every file of the storage, by its path below the root. */
async function storedFiles(): Promise<string[]> {
  const { root } = api.storage;
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`.slice(root.length).replace(/^\//, ''));
}
