import { afterEach, describe, expect, test } from 'vitest';
import type { RateLimitSettings } from '../../../src/api/limits/rate-limit-settings.ts';
import { startApi, type TestApi } from '../../support/api.ts';

const none: RateLimitSettings = { create: 0, presign: 0, write: 0, read: 0, address: 0, authFailures: 0 };
const upload = { filename: 'clip.mp4', content_type: 'video/mp4', file_size_bytes: 1_000 };
const guess = { authorization: 'Bearer rm_a-guess' };

let api: TestApi;
const start = async (limits: Partial<RateLimitSettings>, trustedProxies: string[] = []) => {
  api = await startApi({ rateLimits: { ...none, ...limits }, trustedProxies }, { queueOn: 'postgres' });
};
afterEach(() => api.stop());

const create = (key: string) => api.call('POST', '/api/v1/videos/upload', { key, body: upload });
const read = (headers: Record<string, string> = {}, key?: string) =>
  api.call('GET', '/api/v1/videos/vid_none/status', { ...(key && { key }), headers });
const codes = (answers: { body: { code?: string } }[]) => answers.map(({ body }) => body.code ?? 'ok');

test('RATE_LIMITED: a key that has created its share is told when to go on; others are not touched', async () => {
  await start({ create: 2, presign: 1, read: 1 });
  const [key, other] = [await api.key(), await api.key()];
  const first = await create(key);
  expect(first.headers.get('ratelimit-policy')).toBe('"create";q=2;w=60');
  expect(first.headers.get('ratelimit')).toMatch(/^"create";r=1;t=\d+$/);
  const answers = [await create(key), await create(key), await create(key), await create(other)];
  expect(codes(answers)).toEqual(['ok', 'RATE_LIMITED', 'RATE_LIMITED', 'ok']);

  const refused = answers[1];
  expect(refused).toMatchObject({ status: 429, body: { retryable: true } });
  expect(refused?.headers.get('ratelimit')).toMatch(/^"create";r=0;t=\d+$/);
  expect(refused?.headers.get('retry-after')).toMatch(/^([1-9]|[1-5]\d|60)$/);

  const sign = () =>
    api.call('POST', `/api/v1/videos/${first.body.video_id}/upload/parts`, { key, body: { part_numbers: [1] } });
  expect(codes([await sign(), await sign(), await read({}, key), await read({}, key)])).toEqual([
    ...['ok', 'RATE_LIMITED', 'NOT_FOUND', 'RATE_LIMITED'],
  ]);
});

test('RATE_LIMITED: tokens of one video have one share together, beside that of the key which makes them', async () => {
  await start({ presign: 2 });
  const key = await api.key();
  const base = `/api/v1/videos/${(await create(key)).body.video_id}`;
  const token = async () => (await api.call('POST', `${base}/upload-token`, { key, body: {} })).body.token;
  const sign = (bearer: string) =>
    api.call('POST', `${base}/upload/parts`, { key: bearer, body: { part_numbers: [1] } });
  const [one, other] = [await token(), await token()];
  expect(codes([await sign(one), await sign(other), await sign(one), await sign(key)])).toEqual([
    ...['ok', 'ok', 'RATE_LIMITED', 'RATE_LIMITED'],
  ]);
});

describe('the limit of an address', () => {
  test('counts all that asks the API, and nothing that plays, stores or watches over us', async () => {
    await start({ address: 2, read: 100 });
    const key = await api.key();
    const answers = [await read(), await read({}, key), await read({}, key)];
    expect(codes(answers)).toEqual(['UNAUTHENTICATED', 'NOT_FOUND', 'RATE_LIMITED']);
    expect(answers[1]?.headers.get('ratelimit-policy')).toBe('"address";q=2;w=60, "read";q=100;w=60');
    for (const path of ['/healthz', '/media/vid_none/run/manifest.m3u8', '/storage/none', '/problems/NOT_FOUND']) {
      expect((await fetch(`${api.url}${path}`)).status, path).not.toBe(429);
    }
  });

  test('believes X-Forwarded-For of nobody, unless a proxy is named', async () => {
    await start({ address: 1 });
    const from = (address: string) => read({ 'x-forwarded-for': address });
    expect(codes([await from('192.0.2.1'), await from('192.0.2.2')])).toEqual(['UNAUTHENTICATED', 'RATE_LIMITED']);
    await api.stop();

    await start({ address: 1 }, ['127.0.0.0/8']);
    const answers = [
      await from('192.0.2.1'),
      await from('192.0.2.2'),
      // What the client wrote himself stands before what our proxy has added.
      await from('192.0.2.3, 192.0.2.2'),
      await from('2001:db8::1'),
      await from('2001:db8::ffff:2'),
      await from('2001:db8:0:1::1'),
    ];
    expect(codes(answers)).toEqual([
      ...['UNAUTHENTICATED', 'UNAUTHENTICATED', 'RATE_LIMITED'],
      ...['UNAUTHENTICATED', 'RATE_LIMITED', 'UNAUTHENTICATED'],
    ]);
  });
});

describe('an address that fails to authenticate', () => {
  test('is refused unheard after its share, with any bad key and without one; good keys still pass', async () => {
    await start({ authFailures: 3 });
    const [used, fresh] = [await api.key(), await api.key()];
    expect(codes([await read({}, used)])).toEqual(['NOT_FOUND']);
    const failures = [await read(guess), await read(), await read({ cookie: 'reelmill_session=x' }), await read(guess)];
    expect(codes(failures)).toEqual(['UNAUTHENTICATED', 'UNAUTHENTICATED', 'UNAUTHENTICATED', 'RATE_LIMITED']);
    expect(failures[0]?.headers.get('ratelimit')).toMatch(/^"auth-failures";r=2;t=\d+$/);
    expect(failures[3]?.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(codes([await read(), await read({ authorization: 'Bearer rm_another' })])).toEqual([
      ...['RATE_LIMITED', 'RATE_LIMITED'],
    ]);
    expect(codes([await read({}, used), await read({}, fresh)])).toEqual(['NOT_FOUND', 'NOT_FOUND']);
  });

  test('guesses at most as often again, and its broken script locks no new key out', async () => {
    await start({ authFailures: 2 });
    const [fresh, late] = [await api.key(), await api.key()];
    for (let index = 0; index < 10; index += 1) await read(guess);
    expect(codes([await read({}, fresh)])).toEqual(['NOT_FOUND']);
    expect(codes([await read({ authorization: 'Bearer rm_1' }), await read({ authorization: 'Bearer rm_2' })])).toEqual(
      [...['RATE_LIMITED', 'RATE_LIMITED']],
    );
    // A good key among too many guesses tells its guesser nothing.
    expect(codes([await read({}, late)])).toEqual(['RATE_LIMITED']);
  });

  test('is the same for metrics and board', async () => {
    await start({ authFailures: 1 });
    const ask = async (path: string) => (await fetch(`${api.url}${path}`, { headers: guess })).status;
    expect([await ask('/metrics'), await ask('/metrics'), await ask('/admin/queues')]).toEqual([401, 429, 429]);
    expect(await ask('/login?token=login_guess')).toBe(429);
  });

  test('is the same for login links, which count for the address as well', async () => {
    await start({ authFailures: 1, address: 3 });
    const follow = async (token: string) => (await fetch(`${api.url}/login?token=${token}`)).headers;
    expect((await follow('login_1')).get('ratelimit')).toMatch(/^"address";r=2;t=\d+, "auth-failures";r=0;t=\d+$/);
    const refused = await fetch(`${api.url}/login?token=login_2`);
    expect([refused.status, (await refused.json()) as object]).toEqual([
      429,
      expect.objectContaining({ code: 'RATE_LIMITED', detail: expect.stringContaining('auth-failures') }),
    ]);
    await follow('login_3');
    expect(await (await fetch(`${api.url}/login?token=login_4`)).json()).toMatchObject({
      detail: expect.stringContaining('(address)'),
    });
  });
});
