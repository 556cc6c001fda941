import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApi, type TestApi } from '../../support/api.ts';
import { sendRaw } from '../../support/send-raw.ts';
import { createUpload, putPart } from '../../support/upload.ts';

let api: TestApi;
let key: string;
beforeAll(async () => {
  api = await startApi({ corsOrigins: ['https://app.example'] }, { queueOn: 'postgres' });
  key = await api.key({ creatorId: 'anna' });
});
afterAll(() => api?.stop());

const ask = (video: string, body?: object, by = key) =>
  api.call('POST', `/api/v1/videos/${video}/upload-token`, { key: by, body });

describe('an upload token', () => {
  test('uploads its video without a key: parts, their list, complete, status', async () => {
    const content = new TextEncoder().encode('no film');
    const { video_id, upload_url } = await createUpload(api, key, content.length);
    const { status, body } = await ask(video_id);
    expect([status, Object.keys(body)]).toEqual([201, ['token', 'expires_at']]);
    expect(Date.parse(body.expires_at)).toBeCloseTo(Date.now() + 900_000, -4);
    const call = (method: string, path: string, sent?: object) =>
      api.call(method, `/api/v1/videos/${video_id}${path}`, { key: body.token, body: sent });

    const { parts } = (await call('POST', '/upload/parts', { part_numbers: [1] })).body;
    expect(new URL(parts[0].url).pathname).toBe(new URL(upload_url).pathname);
    const { etag } = await putPart(parts[0].url, content);
    expect((await call('GET', '/upload/parts')).body.parts).toHaveLength(1);
    const completed = await call('POST', '/upload/complete', { parts: [{ part_number: 1, etag }] });
    expect([completed.status, completed.body.code]).toEqual([422, 'INPUT_NOT_MEDIA']);

    // The upload is over: it writes nothing more, and still shows how the video fares.
    expect((await call('POST', '/upload/parts', { part_numbers: [1] })).body.code).toBe('UPLOAD_NOT_OPEN');
    expect((await call('DELETE', '/upload')).body.code).toBe('UPLOAD_NOT_OPEN');
    const { body: fate } = await call('GET', '/status');
    expect(fate).toMatchObject({ status: 'failed', error: { code: 'INPUT_NOT_MEDIA', retryable: false } });
    expect((await ask(video_id)).body.code).toBe('UPLOAD_NOT_OPEN');
  });

  test('comes with the upload where that asks for one', async () => {
    const body = { filename: 'clip.mp4', file_size_bytes: 5, upload_token: true };
    const created = (await api.call('POST', '/api/v1/videos/upload', { key, body })).body;
    const path = `/api/v1/videos/${created.video_id}/upload/parts`;
    expect((await api.call('GET', path, { key: created.upload_token.token })).status).toBe(200);
    expect(await createUpload(api, key, 5)).not.toHaveProperty('upload_token');
  });

  test('FORBIDDEN: it says what else would take a key', async () => {
    const { video_id } = await createUpload(api, key, 5);
    const { token } = (await ask(video_id)).body;
    const refused = await ask(video_id, {}, token);
    expect([refused.status, refused.body.code]).toEqual([403, 'FORBIDDEN']);
    expect(refused.body.detail).toBe(
      'An upload token serves the upload of its own video and nothing else: this asks for an API key with the scope videos:write.',
    );
  });

  test('lasts as long as it was asked to, an hour at most, and no longer than its key', async () => {
    const { video_id } = await createUpload(api, key, 5);
    const until = async (body?: object, by = key) =>
      Date.parse((await ask(video_id, body, by)).body.expires_at) - Date.now();
    expect(await until({ expires_in_seconds: 60 })).toBeCloseTo(60_000, -4);
    for (const seconds of [0, -1, 1.5, 3_601]) {
      expect((await ask(video_id, { expires_in_seconds: seconds })).body.code).toBe('REQUEST_MALFORMED');
    }
    const short = { creatorId: 'anna', plan: 'free', scopes: ['videos:write'], name: '' } as const;
    const { secret } = await api.database.keys.issue({ ...short, expiresAt: new Date(Date.now() + 120_000) });
    expect(await until({ expires_in_seconds: 3_600 }, secret)).toBeCloseTo(120_000, -4);
  });

  test('UNAUTHENTICATED: it ends with the key that made it', async () => {
    const { video_id } = await createUpload(api, key, 5);
    const facts = { creatorId: 'anna', plan: 'free', scopes: ['videos:write'], name: '' } as const;
    const issued = await api.database.keys.issue(facts);
    const { token } = (await ask(video_id, {}, issued.secret)).body;
    const status = () => api.call('GET', `/api/v1/videos/${video_id}/status`, { key: token });
    expect((await status()).status).toBe(200);
    await api.database.keys.revoke(issued.key.id, { keepAdmin: true });
    expect((await status()).body).toMatchObject({
      code: 'UNAUTHENTICATED',
      detail: expect.stringContaining('key that made'),
    });
  });

  test('NOT_FOUND: an operator makes none for the video of another creator', async () => {
    const { video_id } = await createUpload(api, key, 5);
    const operator = await api.key({ creatorId: 'ops', scopes: ['videos:write', 'operate'] });
    expect(await ask(video_id, {}, operator)).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
  });
});

describe('pages of other origins', () => {
  const preflight = (origin: string, path = '/api/v1/videos/vid_1/upload/parts') =>
    sendRaw(api.url, { method: 'OPTIONS', path, headers: { origin, 'access-control-request-method': 'POST' } });

  test('of API_CORS_ORIGINS may call the API, without credentials', async () => {
    const { status, headers } = await preflight('https://app.example');
    expect([status, headers['access-control-allow-origin'], headers.vary]).toEqual([
      204,
      'https://app.example',
      expect.stringMatching(/origin/i),
    ]);
    expect(headers['access-control-allow-methods']).toContain('PATCH');
    expect(headers['access-control-allow-headers']).toMatch(/Authorization.*Idempotency-Key/);
    expect(headers).not.toHaveProperty('access-control-allow-credentials');
  });

  test('others may not, and an answer says which', async () => {
    const { status, headers } = await preflight('https://evil.example');
    expect([status, headers['access-control-allow-origin']]).toEqual([204, undefined]);
    const path = '/api/v1/videos/vid_1';
    const sent = async (origin: string) =>
      (await sendRaw(api.url, { method: 'GET', path, headers: { origin, authorization: `Bearer ${key}` } })).headers;
    expect((await sent('https://evil.example'))['access-control-allow-origin']).toBeUndefined();
    const ours = await sent('https://app.example');
    expect(ours['access-control-allow-origin']).toBe('https://app.example');
    for (const name of ['ETag', 'RateLimit', 'Retry-After', 'Location', 'Link']) {
      expect(String(ours['access-control-expose-headers']).split(', ')).toContain(name);
    }
  });

  test('OPTIONS without a page is no operation', async () => {
    const { code, headers } = await sendRaw(api.url, { method: 'OPTIONS', path: '/api/v1/videos' });
    expect([code, headers.allow]).toEqual(['METHOD_NOT_ALLOWED', 'GET, HEAD']);
  });
});

describe('what could be taken for another key, path or method', () => {
  const get = (path: string, authorization: string | string[]) =>
    sendRaw(api.url, { method: 'GET', path, headers: { authorization } });
  const list = '/api/v1/videos';

  test.each([
    ['bearer in lower case', (good: string) => `bearer ${good}`, null],
    ['spaces around it', (good: string) => `  Bearer   ${good}  `, null],
    ['no scheme', (good: string) => good, 'UNAUTHENTICATED'],
    ['Basic', (good: string) => `Basic ${Buffer.from(`${good}:`).toString('base64')}`, 'UNAUTHENTICATED'],
    ['nothing', () => '', 'UNAUTHENTICATED'],
    ['two keys in one header', (good: string) => `Bearer ${good}, Bearer ${good}`, 'UNAUTHENTICATED'],
    ['two headers, both good', (good: string) => [`Bearer ${good}`, `Bearer ${good}`], 'UNAUTHENTICATED'],
    ['a key with more behind it', (good: string) => `Bearer ${good} x`, 'UNAUTHENTICATED'],
    ['a key in upper case', (good: string) => `Bearer ${good.toUpperCase()}`, 'UNAUTHENTICATED'],
    ['8 kB', () => `Bearer rm_${'a'.repeat(8_000)}`, 'UNAUTHENTICATED'],
    ['8 kB of a token', () => `Bearer up_${'a'.repeat(8_000)}`, 'UNAUTHENTICATED'],
    ['the hash that is kept of a key', () => `Bearer ${'0'.repeat(64)}`, 'UNAUTHENTICATED'],
  ])('Authorization: %s', async (_, header, code) => {
    expect((await get(list, header(key))).code).toBe(code);
  });

  test.each([
    ['/api/v1/videos/', null],
    ['/API/V1/VIDEOS', null],
    ['//api/v1/videos', 'NOT_FOUND'],
    ['/api//v1/videos', 'NOT_FOUND'],
    ['/api/v1/videos//', 'NOT_FOUND'],
    ['/api/v1/./videos', 'NOT_FOUND'],
    ['/api/v1/videos/../keys', 'NOT_FOUND'],
    ['/api/v1/videos%2F', 'NOT_FOUND'],
    ['/api/v1/%6beys', 'NOT_FOUND'],
    ['/api/v1/keys', 'FORBIDDEN'],
    ['/api/v1/KEYS/', 'FORBIDDEN'],
    ['/api/v1/keys?x=/api/v1/videos', 'FORBIDDEN'],
    ['/api/v1/keys#/api/v1/videos', 'FORBIDDEN'],
    ['/api/v1/videos/%00', 'NOT_FOUND'],
    ['/api/v1/videos/%E0%A4%A', 'REQUEST_MALFORMED'],
  ])('GET %s: %s', async (path, code) => {
    const { status, code: given } = await get(path, `Bearer ${key}`);
    expect([given, code === null ? status : 200]).toEqual([code, 200]);
  });

  test('HEAD asks for what GET asks for', async () => {
    const head = async (path: string, authorization?: string) =>
      (await sendRaw(api.url, { method: 'HEAD', path, headers: authorization ? { authorization } : {} })).status;
    expect([await head(list), await head('/api/v1/keys', `Bearer ${key}`), await head(list, `Bearer ${key}`)]).toEqual([
      401, 403, 200,
    ]);
    expect(await head('/api/v1/videos/upload', `Bearer ${key}`)).toBe(404);
  });
});
