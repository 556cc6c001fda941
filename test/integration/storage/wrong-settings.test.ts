import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DeleteBucketCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { createApiClient } from '../../../src/cli/api-client.ts';
import { exitCodeOf } from '../../../src/cli/file-result.ts';
import { ingestFiles } from '../../../src/cli/ingest-files.ts';
import { requireStorage } from '../../../src/storage/require-storage.ts';
import { startApiProcess } from '../../support/api-process.ts';
import { type FaultProxy, startFaultProxy } from '../../support/fault-proxy.ts';
import { testFolder } from '../../support/folder.ts';
import { type OpenTestDatabase, openTestDatabase } from '../../support/open-test-database.ts';
import { reelmill } from '../../support/reelmill.ts';
import { s3On, storageUrl } from '../../support/s3-storage.ts';
import { type Swift, startSwift } from '../../support/swift.ts';
import { tinyVideo } from '../../support/tiny-video.ts';

let swift: Swift;
let proxy: FaultProxy;
let place: OpenTestDatabase;
let bucket: string;
beforeAll(async () => {
  swift = await startSwift();
  proxy = await startFaultProxy(swift.url);
  place = await openTestDatabase();
  bucket = await swift.bucket();
});
afterAll(async () => {
  await place?.close();
  await proxy?.close();
  await swift?.stop();
});
beforeEach(() => {
  proxy.clear();
  Object.assign(process.env, swift.environment);
  return () => vi.unstubAllEnvs();
});

const wrongSecret = 'wrong-secret-of-tests';
const settings = (url: string) => ({ STORAGE_URL: url, REELMILL_HOME: '/nowhere' });
const answer = (status: number, code: string) =>
  ({ does: 'answer', status, body: `<?xml version="1.0"?><Error><Code>${code}</Code></Error>` }) as const;
const viaProxy = () => storageUrl(swift, bucket, { endpoint: proxy.url });

test.each([
  ['a wrong secret', 'AWS_SECRET_ACCESS_KEY', () => vi.stubEnv('AWS_SECRET_ACCESS_KEY', wrongSecret)],
  ['a key that is not known', 'AWS_ACCESS_KEY_ID', () => vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDNOBODY')],
  ['no key', 'Set AWS_ACCESS_KEY_ID', () => vi.stubEnv('AWS_ACCESS_KEY_ID', undefined)],
])('CONFIG_INVALID: %s is told at the start, with the setting %s', async (_, setting, change) => {
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  vi.stubEnv('HOME', await testFolder('s3-home'));
  await requireStorage(settings(storageUrl(swift, bucket)));
  change();
  const refusal = { code: 'CONFIG_INVALID', advice: expect.stringContaining(setting) };
  await expect(requireStorage(settings(storageUrl(swift, bucket)))).rejects.toMatchObject(refusal);
});

test.each([
  ['outputs', 'nobody-made-it', {}],
  ['originals', undefined, { originals: 'nobody-made-it' }],
])('a bucket of %s that is not there is named', async (_, name, more) => {
  const url = storageUrl(swift, name ?? bucket, { more });
  const detail = expect.stringMatching(/nobody-made-it.*NoSuchBucket/);
  const advice = expect.stringMatching(/Make the bucket.*STORAGE_URL/);
  await expect(requireStorage(settings(url))).rejects.toMatchObject({ code: 'CONFIG_INVALID', detail, advice });
});

test.each([
  ['AccessDenied', 403, 'rights of the policy in docs/storage/ (of a wrong key'],
  ['InvalidAccessKeyId', 403, 'AWS_ACCESS_KEY_ID'],
  ['Unauthorized', 401, 'AWS_ACCESS_KEY_ID'],
  ['ExpiredToken', 400, 'AWS_SESSION_TOKEN'],
  ['AuthorizationHeaderMalformed', 400, 'region='],
])('%s at the start: what to do', async (code, status, fix) => {
  proxy.next('GET', /list-type/, answer(status, code));
  const refusal = { code: 'CONFIG_INVALID', advice: expect.stringContaining(fix) };
  await expect(requireStorage(settings(viaProxy()))).rejects.toMatchObject(refusal);
});

test('a storage that is away, or has trouble of its own, keeps no process from its start', async () => {
  await requireStorage(settings(storageUrl(swift, bucket, { endpoint: 'http://127.0.0.1:9' })));
  proxy.next('GET', /list-type/, { ...answer(503, 'SlowDown'), times: 2 });
  await requireStorage(settings(viaProxy()));
  expect(proxy.seen).toHaveLength(2); // asked once for each bucket
});

test('every process ends at once where S3 refuses it, and so does up before it starts anything', async () => {
  const home = await testFolder('wrong-settings');
  const environment = {
    ...{ ...swift.environment, AWS_SECRET_ACCESS_KEY: wrongSecret, STORAGE_URL: storageUrl(swift, bucket) },
    ...{ REELMILL_HOME: home, DATABASE_URL: place.url, REELMILL_SECRET: 'a secret of tests, long enough for all' },
  };
  const commands = [['api'], ['relay'], ['worker', 'cpu'], ['up']];
  for (const { code, stdout, stderr } of await Promise.all(commands.map((each) => reelmill(each, environment)))) {
    expect(code).toBe(2);
    expect(stderr).toMatch(/CONFIG_INVALID: .*SignatureDoesNotMatch.*\n?.*AWS_SECRET_ACCESS_KEY/);
    expect(stdout + stderr).not.toContain(wrongSecret);
  }
});

test.each([
  ['a bucket that is gone', 'Make the bucket', { bucket: 'nobody-made-it' }],
  ['a wrong secret', 'AWS_SECRET_ACCESS_KEY', {}],
])('CONFIG_INVALID: %s is told by the driver, whatever it is asked: %s', async (_, fix, options) => {
  const storage = await s3On(swift, { bucket, ...options });
  if (!('bucket' in options)) vi.stubEnv('AWS_SECRET_ACCESS_KEY', wrongSecret);
  const key = 'transcoded/vid_1/a';
  const asked = [
    () => storage.put(key, Buffer.from('a'), { contentType: 'text/plain' }),
    () => storage.read(key),
    () => storage.createMultipartUpload('originals/vid_1/a', { contentType: 'video/mp4' }),
    // A HEAD of a bucket that is gone looks like one of an object that is not there.
    ...('bucket' in options ? [] : [() => storage.head(key)]),
  ];
  const error = { code: 'CONFIG_INVALID', advice: expect.stringContaining(fix) };
  for (const ask of asked) await expect(ask()).rejects.toMatchObject(error);
});

test('what refuses a HEAD is asked once for its reason, and no more', async () => {
  const storage = await s3On(swift, { bucket, endpoint: proxy.url });
  const ask = () => storage.head('transcoded/vid_1/a').catch((error: unknown) => error);
  const refuse = (method: 'HEAD' | 'GET', status: number, code: string) =>
    proxy.next(method, /transcoded/, method === 'HEAD' ? { does: 'answer', status } : answer(status, code));

  refuse('HEAD', 400, '');
  refuse('GET', 400, 'AuthorizationHeaderMalformed');
  expect(await ask()).toMatchObject({ code: 'CONFIG_INVALID', facts: { s3: 'AuthorizationHeaderMalformed' } });
  refuse('HEAD', 403, '');
  refuse('GET', 403, 'AccessDenied');
  expect(await ask()).toMatchObject({ code: 'SERVICE_UNAVAILABLE', facts: { s3: 'AccessDenied', status: 403 } });
  // The list is not refused: the first answer stays.
  refuse('HEAD', 403, '');
  expect(await ask()).toMatchObject({ code: 'SERVICE_UNAVAILABLE', facts: { status: 403 } });
  expect(proxy.seen.map((request) => request.split(' ')[0])).toEqual(['HEAD', 'GET', 'HEAD', 'GET', 'HEAD', 'GET']);
});

test('where the bucket goes while the API runs, ingest says so at once and does not try again; the fix is for operators alone', async () => {
  const gone = await swift.bucket();
  const { url, post } = await startApiProcess({
    ...{ ...swift.environment, STORAGE_URL: storageUrl(swift, gone), DATABASE_URL: place.url, REDIS_URL: '' },
    REELMILL_SECRET: 'a secret of tests, long enough for all',
    LOG_LEVEL: 'silent',
  });
  await swift.client.send(new DeleteBucketCommand({ Bucket: gone }));
  const scopes = ['videos:read', 'videos:write', 'operate'] as const;
  const key = await place.database.keys.create({ creatorId: 'anna', plan: 'standard', scopes, name: 'test' });
  const film = join(await testFolder('wrong-settings'), 'film.mp4');
  await writeFile(film, tinyVideo('film'));
  const said: string[] = [];
  const results = await ingestFiles({ api: createApiClient({ url, key }), storageRoot: null }, [film], {
    wait: true,
    line: { live: false, show: () => undefined, print: (words) => void said.push(words) },
    onResult: () => undefined,
  });
  const detail = expect.stringMatching(/NoSuchBucket/);
  const operator_hint = expect.stringMatching(/Make the bucket.*STORAGE_URL/);
  expect(results).toMatchObject([{ error: { code: 'CONFIG_INVALID', detail, operator_hint, retryable: false } }]);
  expect(exitCodeOf(results)).toBe(4);
  expect(said.join()).not.toContain('trying again');
  const users = await place.database.keys.create({
    ...{ creatorId: 'anna', plan: 'standard', scopes: ['videos:read', 'videos:write'], name: 'app' },
  });
  const body = { filename: 'film.mp4', file_size_bytes: 10, content_type: 'video/mp4' };
  const { status, text } = await post('/api/v1/videos/upload', { key: users, body });
  expect([status, text]).toEqual([500, expect.stringContaining('NoSuchBucket')]);
  expect(text).not.toMatch(/operator_hint|AWS_|STORAGE_URL|REELMILL_/);
});
