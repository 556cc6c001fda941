import { createHash } from 'node:crypto';
import { readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { HeadObjectCommand, ListMultipartUploadsCommand } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { abortUpload } from '../../../src/api/uploads/abort-upload.ts';
import type { QueueConnection } from '../../../src/flows/queue-connection.ts';
import { deliverEntry } from '../../../src/flows/relay/deliver-entry.ts';
import type { Pipeline } from '../../../src/jobs/define-job.ts';
import { createLog } from '../../../src/log.ts';
import { multipartEtag } from '../../../src/storage/etags.ts';
import { parseS3Url } from '../../../src/storage/s3-location.ts';
import { createS3Storage } from '../../../src/storage/s3-storage.ts';
import { createSources } from '../../../src/storage/source-cache.ts';
import type { Storage } from '../../../src/storage/storage.ts';
import { type FaultProxy, startFaultProxy } from '../../support/fault-proxy.ts';
import { testFolder } from '../../support/folder.ts';
import { type OpenTestDatabase, openTestDatabase } from '../../support/open-test-database.ts';
import { s3On } from '../../support/s3-storage.ts';
import { seedVideo } from '../../support/seed-video.ts';
import { type Swift, startSwift } from '../../support/swift.ts';

const md5 = (bytes: Uint8Array) => createHash('md5').update(bytes).digest('hex');
const bytesOf = (size: number) => Buffer.alloc(size, createHash('sha256').update(String(size)).digest());
const media = { contentType: 'video/mp4' };
const attempts = 3;
/** For tests in which storage falls silent. */
const short = { connectMs: 500, idleMs: 500, attempts };
let swift: Swift;
let proxy: FaultProxy;
let bucket: string;
let originals: string;
let storage: Storage;
let impatient: Storage;
let names = 0;
const newKey = (name = 'a.m4s') => `transcoded/vid_${++names}/run_1/${name}`;
const read = async (key: string, from = storage) => buffer(await from.read(key));

beforeAll(async () => {
  swift = await startSwift();
  proxy = await startFaultProxy(swift.url);
  [bucket, originals] = [await swift.bucket(), await swift.bucket()];
  const place = { bucket, endpoint: proxy.url, more: { originals } };
  storage = await s3On(swift, { ...place, patience: { attempts } });
  impatient = await s3On(swift, { ...place, patience: short });
});
afterAll(async () => {
  await proxy?.close();
  await swift?.stop();
});
beforeEach(() => proxy.clear());

describe('what is stored with an object', () => {
  const headOf = async (key: string, Bucket = bucket) =>
    swift.client.send(new HeadObjectCommand({ Bucket, Key: `a/prefix/${key}` }));

  test('media are immutable for caches, lists are asked for again, and both have their type', async () => {
    const [segment, list] = [newKey(), newKey('manifest.m3u8')];
    await storage.put(segment, Buffer.from('media'), media);
    await storage.put(list, Buffer.from('#EXTM3U'), { contentType: 'application/vnd.apple.mpegurl' });
    expect(await headOf(segment)).toMatchObject({
      CacheControl: 'public, max-age=31536000, immutable',
      ContentType: 'video/mp4',
    });
    expect(await headOf(list)).toMatchObject({
      CacheControl: 'public, max-age=60',
      ContentType: 'application/vnd.apple.mpegurl',
    });
  });

  test('an original lies in its own bucket, is never shown as a page, and cannot be removed', async () => {
    const key = `originals/vid_${++names}/original.mp4`;
    const uploadId = await storage.createMultipartUpload(key, { contentType: 'text/html' });
    const part = { key, uploadId, partNumber: 1, mostBytes: 3, expiresAt: new Date(Date.now() + 60_000) };
    await fetch(await storage.signPartUrl(part), { method: 'PUT', body: 'abc' });
    await storage.completeMultipartUpload(key, uploadId, [{ partNumber: 1, etag: md5(Buffer.from('abc')) }]);
    expect(await headOf(key, originals)).toMatchObject({ ContentDisposition: 'attachment', ContentLength: 3 });

    await storage.remove(key);
    expect(String(await read(key))).toBe('abc');
    expect(proxy.seen.filter((line) => line.startsWith('DELETE'))).toEqual([]);
  });
});

describe('an upload that is given up', () => {
  /** As docs/storage has it: nobody deletes an original. To end an upload is another right, and a DELETE with an `uploadId`. */
  const deletion = () => new RegExp(`^/${originals}/(?!.*[?&]uploadId=)`);
  let place: OpenTestDatabase;
  beforeAll(async () => {
    place = await openTestDatabase();
  });
  afterAll(() => place?.close());

  test.each([
    ['while its parts arrive', false],
    ['when they were joined in the same moment', true],
  ])('%s is done with at once, and no original is deleted', async (_when, joined) => {
    const { database } = place;
    const { videoId, row } = await seedVideo(database, 'awaiting_upload');
    const key = row.originalKey;
    const uploadId = await storage.createMultipartUpload(key, media);
    await place.query('UPDATE videos SET upload_id = $2 WHERE id = $1', [videoId, uploadId]);
    const part = { key, uploadId, partNumber: 1, mostBytes: 3, expiresAt: new Date(Date.now() + 60_000) };
    await fetch(await storage.signPartUrl(part), { method: 'PUT', body: 'abc' });
    const parts = [{ partNumber: 1, etag: md5(Buffer.from('abc')) }];
    if (joined) await storage.completeMultipartUpload(key, uploadId, parts);
    proxy.next('DELETE', deletion(), { does: 'answer', status: 403, times: 9 });

    // By the API, then by the relay.
    await abortUpload({ database, storage }, (await database.videos.find(videoId)) ?? expect.fail());
    const log = createLog({ level: 'silent', name: 'test' });
    const options = { database, storage, log, queues: {} as QueueConnection, jobs: {} as Pipeline };
    expect(await database.outbox.send((entry) => deliverEntry(options, entry), 10)).toBe(1);
    expect(await place.query('SELECT id FROM outbox WHERE sent_at IS NULL OR last_error IS NOT NULL')).toEqual([]);
    const deletes = proxy.seen.filter((line) => line.startsWith('DELETE'));
    expect(deletes.filter((line) => deletion().test(line.split(' ')[1] ?? ''))).toEqual([]);
    // One of each; none is sent again.
    expect(deletes).toHaveLength(2);
    if (joined) expect(String(await read(key))).toBe('abc');
    else await expect(storage.listParts(key, uploadId)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('large files', () => {
  test('go in parts, verified, and become the object', async () => {
    const file = join(await testFolder('s3'), 'large');
    const [key, size, part] = [newKey(), 33 * 2 ** 20, 16 * 2 ** 20];
    const bytes = bytesOf(size);
    await writeFile(file, bytes);
    const etag = multipartEtag([0, 1, 2].map((at) => md5(bytes.subarray(at * part, (at + 1) * part))));
    proxy.next('PUT', /partNumber=2/, { does: 'answer', status: 503 });
    expect(await storage.putFile(key, file, media)).toEqual({ key, size, etag });
    expect((await read(key)).equals(bytes)).toBe(true);
    await expect(storage.putFile(key, file, media)).rejects.toMatchObject({ code: 'OBJECT_EXISTS' });
  });

  test('that cannot be stored leave no parts behind', async () => {
    const file = join(await testFolder('s3'), 'large');
    await writeFile(file, '');
    await truncate(file, 20 * 2 ** 20);
    const key = newKey();
    proxy.next('PUT', /partNumber=2/, { does: 'answer', status: 403 });
    await expect(storage.putFile(key, file, media)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    expect(await storage.head(key)).toBeNull();
    const { Uploads = [] } = await swift.client.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
    expect(Uploads.filter(({ Key }) => Key?.endsWith(key))).toEqual([]);
  });
});

describe('faults on the way', () => {
  const flaky = [
    ['F21: two 5xx', { does: 'answer', status: 503, times: 2 }],
    ['F22: a connection that is reset, twice', { does: 'reset', times: 2 }],
    ['F22: a black hole, twice', { does: 'black hole', times: 2 }],
  ] as const;

  test.each(flaky)('%s: a write, a look and a read are asked again', async (_, fault) => {
    const key = newKey();
    for (const method of ['PUT', 'HEAD', 'GET']) proxy.next(method, /transcoded/, fault);
    const body = bytesOf(100_000);
    await impatient.put(key, body, media);
    expect(await impatient.head(key)).toMatchObject({ size: 100_000 });
    expect((await read(key, impatient)).equals(body)).toBe(true);
    const asked = proxy.seen.map((line) => line.split(' ')[0]);
    expect(asked).toEqual(['PUT', 'HEAD', 'GET'].flatMap((method) => [method, method, method]));
  });

  test.each(flaky)('%s, and once more: SERVICE_UNAVAILABLE, within the bound', async (_, fault) => {
    const key = newKey();
    for (const method of ['PUT', 'GET']) proxy.next(method, /transcoded/, { ...fault, times: attempts });
    const error = { code: 'SERVICE_UNAVAILABLE', detail: expect.stringContaining(key) };
    const start = performance.now();
    await expect(impatient.put(key, Buffer.from('a'), media)).rejects.toMatchObject(error);
    await expect(impatient.read(key)).rejects.toMatchObject(error);
    expect(performance.now() - start).toBeLessThan(2 * attempts * 2_000);
  });

  const broken = [
    ['F22: a body that stops coming', { does: 'stall', after: 100_000 }],
    ['F23: a body that is cut short', { does: 'cut', after: 100_000 }],
  ] as const;

  test.each(broken)('%s goes on from where it was', async (_, fault) => {
    const key = newKey();
    const body = bytesOf(1_000_000);
    await storage.put(key, body, media);
    proxy.clear();
    proxy.next('GET', /transcoded/, { ...fault, times: attempts - 1 });
    expect((await read(key, impatient)).equals(body)).toBe(true);
    expect(proxy.seen.map((line) => line.split(' ')[2])).toEqual([
      undefined,
      'bytes=100000-999999',
      'bytes=200000-999999',
    ]);

    proxy.next('GET', /transcoded/, fault);
    const range = { start: 500_000, end: 800_000 };
    expect((await buffer(await impatient.read(key, range))).equals(body.subarray(500_000, 800_001))).toBe(true);
    expect(proxy.seen.at(-1)).toMatch(/bytes=600000-800000$/);
  });

  test.each(broken)(
    '%s again and again: SERVICE_UNAVAILABLE; one that goes on from another object: NOT_FOUND',
    async (_, fault) => {
      const key = newKey();
      await storage.put(key, bytesOf(1_000_000), media);
      proxy.next('GET', /transcoded/, { ...fault, times: attempts });
      await expect(read(key, impatient)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });

      proxy.next('GET', /transcoded/, fault);
      const body = await impatient.read(key);
      await storage.remove(key);
      await storage.put(key, bytesOf(900_000), media);
      await expect(buffer(body)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    },
  );

  test('F22: a body that only comes slowly comes', async () => {
    const key = newKey();
    await storage.put(key, bytesOf(300_000), media);
    proxy.clear();
    proxy.next('GET', /transcoded/, { does: 'slow', piece: 30_000, pauseMs: 100 });
    expect(await read(key, impatient)).toHaveLength(300_000); // takes longer than any silence may
    expect(proxy.seen).toHaveLength(1);
  });

  test('a reader that pauses keeps its body', async () => {
    const key = newKey();
    await storage.put(key, bytesOf(4 * 2 ** 20), media);
    let size = 0;
    for await (const chunk of await impatient.read(key)) {
      if (size === 0) await new Promise((resolve) => setTimeout(resolve, 2 * short.idleMs));
      size += chunk.length;
    }
    expect(size).toBe(4 * 2 ** 20);
  });

  test('readers who pause, however many, keep nobody waiting', async () => {
    const key = newKey();
    await storage.put(key, bytesOf(2 ** 20), media);
    const paused = await Promise.all(Array.from({ length: 60 }, () => storage.read(key)));
    expect(await read(key)).toHaveLength(2 ** 20);
    for (const body of paused) body.destroy();
  });

  test('F24: a write whose answer was lost is found again, and is not taken for another’s', async () => {
    const key = newKey();
    proxy.next('PUT', /transcoded/, { does: 'lose the answer' });
    expect(await storage.put(key, Buffer.from('mine'), media)).toMatchObject({
      size: 4,
      etag: md5(Buffer.from('mine')),
    });
    expect(proxy.seen).toHaveLength(3);
    await expect(storage.put(key, Buffer.from('mine'), media)).rejects.toMatchObject({ code: 'OBJECT_EXISTS' });
  });

  test('F24: a complete whose answer was lost is found again by HEAD', async () => {
    const key = `originals/vid_${++names}/original.mp4`;
    const body = bytesOf(1_000);
    const uploadId = await storage.createMultipartUpload(key, media);
    const part = { key, uploadId, partNumber: 1, mostBytes: 1_000, expiresAt: new Date(Date.now() + 60_000) };
    await fetch(await storage.signPartUrl(part), { method: 'PUT', body });
    proxy.next('POST', /uploadId/, { does: 'lose the answer' });
    const object = { key, size: 1_000, etag: multipartEtag([md5(body)]) };
    const parts = [{ partNumber: 1, etag: md5(body) }];
    expect(await storage.completeMultipartUpload(key, uploadId, parts)).toEqual(object);
    expect(await storage.completeMultipartUpload(key, uploadId, parts)).toEqual(object);
  });

  test('a source is fetched whole though its download breaks off, and called off at once where storage is silent', async () => {
    const key = `originals/vid_${++names}/original.mp4`;
    const body = bytesOf(3_000_000);
    await storage.put(key, body, media);
    const sources = createSources(impatient, { folder: await testFolder('s3-cache'), maxBytes: 10_000_000 });
    proxy.next('GET', /originals/, { does: 'cut', after: 1_000_000, times: 2 });
    const { signal } = new AbortController();
    expect((await readFile(await sources.local(key, { signal }))).equals(body)).toBe(true);

    const others = createSources(storage, { folder: await testFolder('s3-cache'), maxBytes: 10_000_000 });
    proxy.next('GET', /originals/, { does: 'black hole' });
    const start = performance.now();
    const calledOff = others.local(key, { signal: AbortSignal.timeout(200) });
    await expect(calledOff).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(performance.now() - start).toBeLessThan(5_000);
  });

  test('bytes that were changed on their way are not stored', async () => {
    const key = newKey();
    proxy.next('PUT', /transcoded/, { does: 'corrupt', times: 9 });
    await expect(storage.put(key, bytesOf(1_000), media)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    expect(await storage.head(key)).toBeNull();
  });
});

describe('settings', () => {
  afterEach(() => vi.unstubAllEnvs());

  test.each([
    ['no credentials', 's3://films?endpoint=http://127.0.0.1:9', /AWS_ACCESS_KEY_ID/],
    ['no region', 's3://films', /region=/],
  ])('%s: CONFIG_INVALID at the first request, and what is to be set', async (_, url, fix) => {
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
    vi.stubEnv('HOME', await testFolder('s3-home'));
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_REGION']) vi.stubEnv(name, undefined);
    const unset = createS3Storage(parseS3Url(url), short);
    const error = { code: 'CONFIG_INVALID', detail: expect.stringMatching(fix) };
    await expect(unset.head('transcoded/a')).rejects.toMatchObject(error);
    await expect(unset.signGetUrl('transcoded/a', new Date())).rejects.toMatchObject(error);
  });
});

describe('vendors', () => {
  test('without conditional writes are looked at before each write', async () => {
    const plain = await s3On(swift, { bucket, endpoint: proxy.url });
    proxy.next('PUT', /transcoded/, {
      does: 'answer',
      status: 501,
      body: '<Error><Code>NotImplemented</Code></Error>',
    });
    const key = newKey();
    await plain.put(key, Buffer.from('first'), media);
    await expect(plain.put(key, Buffer.from('second'), media)).rejects.toMatchObject({ code: 'OBJECT_EXISTS' });
    expect(proxy.seen.map((line) => line.split(' ')[0])).toEqual(['PUT', 'HEAD', 'PUT', 'HEAD']);
    expect(String(await read(key))).toBe('first');
  });
});
