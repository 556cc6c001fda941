import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Scope, scopes } from '../../../src/database/scopes.ts';
import { type Answer, startApi, type TestApi } from '../../support/api.ts';
import { sendRaw } from '../../support/send-raw.ts';
import { createUpload } from '../../support/upload.ts';

let api: TestApi;
let key: string;
let videoId: string;
beforeAll(async () => {
  api = await startApi();
  key = await api.key({ creatorId: 'anna' });
  videoId = (await createUpload(api, key, 5)).video_id;
});
afterAll(() => api?.stop());

const problem = ({ status, headers, body }: Answer) => {
  expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(body).toMatchObject({
    type: `/problems/${body.code}`,
    title: expect.any(String),
    status,
    detail: expect.any(String),
    retryable: expect.any(Boolean),
    hint: expect.any(String),
    instance: `urn:uuid:${headers.get('x-request-id')}`,
  });
  return [status, body.code];
};

const routes: [string, string, unknown?][] = [
  ['GET', ''],
  ['GET', '/status'],
  ['GET', '/upload/parts'],
  ['POST', '/upload/parts', { part_numbers: [1] }],
  ['POST', '/upload/complete', { parts: [] }],
  ['DELETE', '/upload'],
];

describe('a video is its creator’s alone', () => {
  test.each(routes)('%s %s: UNAUTHENTICATED without a key, NOT_FOUND with another’s', async (method, rest, body) => {
    const path = `/api/v1/videos/${videoId}${rest}`;
    expect(problem(await api.call(method, path, { body }))).toEqual([401, 'UNAUTHENTICATED']);
    expect(problem(await api.call(method, path, { body, key: 'rm_wrong' }))).toEqual([401, 'UNAUTHENTICATED']);
    const other = await api.key({ creatorId: 'ben', scopes: ['videos:read', 'videos:write'] });
    expect(problem(await api.call(method, path, { body, key: other }))).toEqual([404, 'NOT_FOUND']);
    expect((await api.database.videos.find(videoId))?.status).toBe('awaiting_upload');
  });

  test('another key of the same creator sees it', async () => {
    const second = await api.key({ creatorId: 'anna' });
    expect((await api.call('GET', `/api/v1/videos/${videoId}`, { key: second })).status).toBe(200);
  });

  test.each(['vid_missing', 'nonsense', '%00', '..%2f..', "'%20or%201=1"])(
    'there is no video %s: NOT_FOUND',
    async (id) => {
      expect(problem(await api.call('GET', `/api/v1/videos/${id}`, { key }))).toEqual([404, 'NOT_FOUND']);
    },
  );
});

describe('what cannot be understood is refused with its reason', () => {
  const send = (body: string, type = 'application/json') =>
    fetch(`${api.url}/api/v1/videos/upload`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': type },
      body,
    });

  test.each([
    ['broken JSON', '{"filename":', 'application/json', /JSON/],
    ['another type', 'filename=a', 'application/x-www-form-urlencoded', /^Content-Type: /],
    ['missing fields', '{}', 'application/json', /filename: .*; file_size_bytes: /],
  ])('%s: REQUEST_MALFORMED', async (_name, body, type, detail) => {
    const response = await send(body, type);
    const answer = JSON.parse(await response.text());
    expect([response.status, answer.code]).toEqual([400, 'REQUEST_MALFORMED']);
    expect(answer.detail).toMatch(detail);
    expect(JSON.stringify(answer)).not.toMatch(/\.[tj]s:|node_modules/);
  });

  test('unknown routes are NOT_FOUND, named whole but for their query; bad escapes are REQUEST_MALFORMED', async () => {
    const { status, body } = await api.call('GET', '/api/v1/video?token=secret');
    expect([status, body.detail]).toEqual([404, 'There is no GET /api/v1/video here: see /docs.']);
    expect(problem(await api.call('GET', '/media/%E0%A4%A'))).toEqual([400, 'REQUEST_MALFORMED']);
  });
});

test.each([
  ['PUT', '/api/v1/videos/vid_1', 'GET, HEAD, PATCH, DELETE'],
  ['TRACE', '/api/v1/keys', 'POST, GET, HEAD'],
])('METHOD_NOT_ALLOWED: %s %s says what there is', async (method, path, allow) => {
  const { status, code, headers } = await sendRaw(api.url, { method, path });
  expect([status, code, String(headers.allow).split(', ').sort()]).toEqual([
    405,
    'METHOD_NOT_ALLOWED',
    allow.split(', ').sort(),
  ]);
});

describe('a login link', () => {
  const link = async (creator: { scopes?: readonly Scope[] } = {}) => {
    const owner = await api.database.keys.owner(await api.key(creator));
    return api.database.keys.createLogin(owner?.keyId ?? '', { expiresAt: new Date(Date.now() + 60_000) });
  };
  const login = (token: string, next = '/admin/queues', headers?: Record<string, string>) =>
    api.call('GET', `/login?token=${token}&next=${encodeURIComponent(next)}`, { headers });

  test('opens a session once, and leads to a page of ours', async () => {
    const token = await link({ scopes });
    const first = await login(token, '/watch/vid_1?engine=dash');
    expect([first.status, first.headers.get('location')]).toEqual([303, '/watch/vid_1?engine=dash']);
    const cookie = first.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/; HttpOnly/);
    expect(cookie).toMatch(/; SameSite=Lax/);
    const [session = ''] = cookie.split(';');

    expect(problem(await login(token))).toEqual([401, 'UNAUTHENTICATED']);
    expect((await login(token, '/admin/queues', { cookie: session })).status).toBe(303);
    expect((await api.call('GET', '/admin/queues', { headers: { cookie: session } })).status).toBe(200);
    expect((await api.call('GET', '/admin/queues', { headers: { cookie: `${session}x` } })).status).toBe(401);
  });

  test.each(['https://evil.example', '//evil.example', '/\\evil.example', 'javascript:alert(1)'])(
    'never leads to %s (REQUEST_MALFORMED), and is not used up by it',
    async (next) => {
      const token = await link();
      expect(problem(await login(token, next))).toEqual([400, 'REQUEST_MALFORMED']);
      expect((await login(token)).status).toBe(303);
    },
  );

  test('FORBIDDEN: its session may not act for a page of another origin', async () => {
    const [cookie = ''] = ((await login(await link())).headers.get('set-cookie') ?? '').split(';');
    const body = { filename: 'a.mp4', file_size_bytes: 1 };
    const from = (site: string) =>
      api.call('POST', '/api/v1/videos/upload', { body, headers: { cookie, 'sec-fetch-site': site } });
    expect(problem(await from('same-site'))).toEqual([403, 'FORBIDDEN']);
    expect((await from('same-origin')).status).toBe(201);
  });
});

test('health says that it lives, readiness what it stands on', async () => {
  expect((await api.call('GET', '/healthz')).body).toEqual({ status: 'ok' });
  const { status, body } = await api.call('GET', '/readyz');
  expect([status, body.status]).toEqual([200, 'ready']);
  expect(Object.entries(body.checks).map(([name, check]) => [name, (check as { ok: boolean }).ok])).toEqual([
    ['postgres', true],
    ['storage', true],
    ['queue', true],
  ]);
  for await (const left of api.storage.list('health/')) expect(left).toBeUndefined();
});

test('every answer carries the headers that keep pages safe', async () => {
  const { headers } = await api.call('GET', '/watch/vid_1');
  const policy = headers.get('content-security-policy') ?? '';
  expect(policy).toMatch(/script-src 'self'(;|$)/);
  expect(policy).toMatch(/default-src 'none'/);
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('x-powered-by')).toBeNull();
  for (const asset of ['player/main.js', 'vendor/hls.mjs', 'vendor/shaka-player.js', 'vendor/media-chrome.js']) {
    expect([asset, (await api.call('GET', `/assets/${asset}`)).status]).toEqual([asset, 200]);
  }
  for (const no of ['player/..%2f..%2fpackage.json', 'player/none.js', 'vendor/constructor', 'vendor/..%2fhls.js']) {
    expect([no, (await api.call('GET', `/assets/${no}`)).status]).toEqual([no, 404]);
  }
});
