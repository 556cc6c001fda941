import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createClosers } from '../../src/lifecycle.ts';
import { freePort } from '../../src/local/free-port.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { startApiProcess } from '../support/api-process.ts';
import { openPage, startBrowser } from '../support/browser.ts';
import { type ByteCounter, startByteCounter } from '../support/byte-counter.ts';
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts';
import { type OpenTestDatabase, openTestDatabase } from '../support/open-test-database.ts';
import { type CorsRule, readCorsRules } from '../support/s3-cors.ts';
import { type S3CorsProxy, startS3CorsProxy } from '../support/s3-cors-proxy.ts';
import { s3On, storageUrl } from '../support/s3-storage.ts';
import { type Swift, startSwift } from '../support/swift.ts';
import { tinyVideo } from '../support/tiny-video.ts';
import { chooseFile, pageWords, startUploadPage, videoFile } from '../support/upload-page.ts';

const documented = readFileSync('docs/storage/cors.json', 'utf8');
const closers = createClosers();
const atEnd = (close: () => Promise<void>) => closers.push('test', close);
let swift: Swift;
/** Before Swift: breaks what it is told to, and knows what came so far. */
let faults: FaultProxy;
/** Before those: what browsers call the storage. */
let storage: S3CorsProxy;
/** Looks at what has come; signs as the API does. */
let driver: Storage;
let place: OpenTestDatabase;
/** What pages and their servers call the API. */
let api: ByteCounter;
let origin: string;
let rules: CorsRule[];
let browser: Browser;

beforeAll(async () => {
  swift = await startSwift();
  atEnd(() => swift.stop());
  faults = await startFaultProxy(swift.url);
  atEnd(() => faults.close());
  storage = await startS3CorsProxy(faults.url);
  atEnd(() => storage.close());
  place = await openTestDatabase();
  atEnd(() => place.close());
  const bucket = await swift.bucket();
  const more = { originals: await swift.bucket(), 'public-endpoint': storage.url };
  driver = await s3On(swift, { bucket, more });
  const { url } = await startApiProcess(
    {
      ...swift.environment,
      DATABASE_URL: place.url,
      REDIS_URL: '',
      STORAGE_URL: storageUrl(swift, bucket, { more }),
      REELMILL_SECRET: 'a secret of tests, long enough for all',
    },
    atEnd,
  );
  api = await startByteCounter(url);
  atEnd(() => api.close());
  const scopes = ['videos:read', 'videos:write'] as const;
  const key = await place.database.keys.create({ creatorId: 'anna', plan: 'standard', scopes, name: 'test' });
  origin = await startUploadPage({ api: api.url, key, port: await freePort() }, atEnd);
  // The one thing that the page tells its reader to change.
  rules = readCorsRules(documented.replace('https://www.example.com', origin));
  browser = await startBrowser();
  atEnd(() => browser.close());
});
afterAll(() => closers.closeAll());
beforeEach(() => {
  faults.clear();
  storage.rules = rules;
});

async function newestVideo() {
  const [row] = await place.query('SELECT id FROM videos ORDER BY created_at DESC LIMIT 1');
  return (await place.database.videos.find(String(row?.id))) ?? expect.fail('there is no video');
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
/** Which parts were sent on to S3, by number. */
const partsSent = () => faults.seen.flatMap((line) => /^PUT .*[?&]partNumber=(\d+)/.exec(line)?.[1] ?? []);

test('the page of docs/browser-upload.md uploads straight to S3 under docs/storage/cors.json, and goes on after a break', async () => {
  const bytes = tinyVideo('straight to S3 '.repeat(1_200_000)); // two parts
  const file = await videoFile(bytes);
  const { page } = await openPage(browser);
  let signings = 0;
  page.on('request', (request) => {
    if (request.method() === 'POST' && request.url().endsWith('/upload/parts')) signings += 1;
  });
  await page.goto(origin);
  // For good: where a connection was used before, the browser itself tries again.
  faults.next('PUT', /partNumber=2/, { does: 'reset', times: 99 });
  await chooseFile(page, file);
  await pageWords(page).toContain('Choose the file again');
  const { id, originalKey, uploadId } = await newestVideo();
  await expect
    .poll(() => driver.listParts(originalKey, uploadId ?? ''), { timeout: 60_000 })
    .toMatchObject([{ partNumber: 1 }]);

  faults.clear();
  signings = 0;
  await page.reload();
  await chooseFile(page, file);
  await pageWords(page).toBe('uploaded, 0 %');
  expect(signings).toBe(1);
  expect(partsSent()).toEqual(['2']);

  expect(await newestVideo()).toMatchObject({ id, status: 'uploaded', fileSize: bytes.length });
  expect(sha256(await buffer(await driver.read(originalKey)))).toBe(sha256(bytes));
  expect(api.sent).toBeLessThan(100_000);
});

test.each<[string, Partial<CorsRule>, string, string[]]>([
  ['the origin of the page', { AllowedOrigins: ['https://www.example.com'] }, 'Failed to fetch', []],
  ['PUT', { AllowedMethods: ['GET', 'HEAD'] }, 'Failed to fetch', []],
  ['the ETag', { ExposeHeaders: [] }, 'etag', ['1']],
])('rules that lack %s stop the page', async (_, change, words, sent) => {
  storage.rules = rules.map((rule) => ({ ...rule, ...change }));
  const { page } = await openPage(browser);
  await page.goto(origin);
  await chooseFile(page, await videoFile(tinyVideo('x')));
  await pageWords(page).toMatch(new RegExp(`${words}.*Choose the file again`));
  expect(partsSent()).toEqual(sent);
  expect(await newestVideo()).toMatchObject({ status: 'awaiting_upload' });
});

test('a page may send the headers of the rules and no others; one of another origin is refused by the browser', async () => {
  const part = { key: 'originals/vid_cors/original.mp4', partNumber: 1, mostBytes: 3 };
  const uploadId = await driver.createMultipartUpload(part.key, { contentType: 'video/mp4' });
  const url = await driver.signPartUrl({ ...part, uploadId, expiresAt: new Date(Date.now() + 600_000) });
  const { page, complaints } = await openPage(browser);
  const put = (headers: Record<string, string>) =>
    page.evaluate(
      ([to, more]) =>
        fetch(to, { method: 'PUT', body: new TextEncoder().encode('abc'), headers: more }).then(
          (answer) => answer.headers.get('etag'),
          (error: Error) => error.message,
        ),
      [url, headers] as const,
    );

  await page.goto(origin);
  expect(await put({ 'content-type': 'video/mp4' })).toMatch(/^"[0-9a-f]{32}"$/);
  expect(await put({ 'x-other': 'header' })).toBe('Failed to fetch');
  faults.clear();
  await page.goto(origin.replace('127.0.0.1', 'localhost')); // the same page, of another origin
  expect(await put({})).toBe('Failed to fetch');
  expect(partsSent()).toEqual([]);
  expect(complaints.join()).toContain('CORS');
});
