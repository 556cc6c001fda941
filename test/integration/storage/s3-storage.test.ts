import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HeadObjectCommand, ListMultipartUploadsCommand } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { abortUpload } from '../../../src/api/uploads/abort-upload.ts';
import type { QueueConnection } from '../../../src/flows/queue-connection.ts';
import { deliverEntry } from '../../../src/flows/relay/deliver-entry.ts';
import type { Pipeline } from '../../../src/jobs/define-job.ts';
import { createLog } from '../../../src/log.ts';
import { multipartEtag } from '../../../src/storage/etags.ts';
import { parseS3Url } from '../../../src/storage/s3-location.ts';
import { createS3Storage } from '../../../src/storage/s3-storage.ts';
import { testFolder } from '../../support/folder.ts';
import { type OpenTestDatabase, openTestDatabase } from '../../support/open-test-database.ts';
import { bytesOf, md5, media, s3BehindFaults, short } from '../../support/s3-behind-faults.ts';
import { s3On } from '../../support/s3-storage.ts';
import { seedVideo } from '../../support/seed-video.ts';

const s3 = s3BehindFaults();
const { newKey, newOriginal, read } = s3;

describe('what is stored with an object', () => {
  const headOf = async (key: string, Bucket = s3.bucket) =>
    s3.swift.client.send(new HeadObjectCommand({ Bucket, Key: `a/prefix/${key}` }));

  test('media are immutable for caches, lists are asked for again, and both have their type', async () => {
    const [segment, list] = [newKey(), newKey('manifest.m3u8')];
    await s3.storage.put(segment, Buffer.from('media'), media);
    await s3.storage.put(list, Buffer.from('#EXTM3U'), { contentType: 'application/vnd.apple.mpegurl' });
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
    const key = newOriginal();
    const uploadId = await s3.storage.createMultipartUpload(key, { contentType: 'text/html' });
    const part = { key, uploadId, partNumber: 1, mostBytes: 3, expiresAt: new Date(Date.now() + 60_000) };
    await fetch(await s3.storage.signPartUrl(part), { method: 'PUT', body: 'abc' });
    await s3.storage.completeMultipartUpload(key, uploadId, [{ partNumber: 1, etag: md5(Buffer.from('abc')) }]);
    expect(await headOf(key, s3.originals)).toMatchObject({ ContentDisposition: 'attachment', ContentLength: 3 });

    await s3.storage.remove(key);
    expect(String(await read(key))).toBe('abc');
    expect(s3.proxy.seen.filter((line) => line.startsWith('DELETE'))).toEqual([]);
  });
});

describe('an upload that is given up', () => {
  /** As docs/storage has it: nobody deletes an original. To end an upload is another right, and a DELETE with an `uploadId`. */
  const deletion = () => new RegExp(`^/${s3.originals}/(?!.*[?&]uploadId=)`);
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
    const uploadId = await s3.storage.createMultipartUpload(key, media);
    await place.query('UPDATE videos SET upload_id = $2 WHERE id = $1', [videoId, uploadId]);
    const part = { key, uploadId, partNumber: 1, mostBytes: 3, expiresAt: new Date(Date.now() + 60_000) };
    await fetch(await s3.storage.signPartUrl(part), { method: 'PUT', body: 'abc' });
    const parts = [{ partNumber: 1, etag: md5(Buffer.from('abc')) }];
    if (joined) await s3.storage.completeMultipartUpload(key, uploadId, parts);
    s3.proxy.next('DELETE', deletion(), { does: 'answer', status: 403, times: 9 });

    // By the API, then by the relay.
    const log = createLog({ level: 'silent', name: 'test' });
    await abortUpload({ database, storage: s3.storage, log }, (await database.videos.find(videoId)) ?? expect.fail());
    const options = { database, storage: s3.storage, log, queues: {} as QueueConnection, jobs: {} as Pipeline };
    expect(await database.outbox.send((entry) => deliverEntry(options, entry), 10)).toBe(1);
    expect(await place.query('SELECT id FROM outbox WHERE sent_at IS NULL OR last_error IS NOT NULL')).toEqual([]);
    const deletes = s3.proxy.seen.filter((line) => line.startsWith('DELETE'));
    expect(deletes.filter((line) => deletion().test(line.split(' ')[1] ?? ''))).toEqual([]);
    // One of each; none is sent again.
    expect(deletes).toHaveLength(2);
    if (joined) expect(String(await read(key))).toBe('abc');
    else await expect(s3.storage.listParts(key, uploadId)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('large files', () => {
  test('go in parts, verified, and become the object', async () => {
    const file = join(await testFolder('s3'), 'large');
    const [key, size, part] = [newKey(), 33 * 2 ** 20, 16 * 2 ** 20];
    const bytes = bytesOf(size);
    await writeFile(file, bytes);
    const etag = multipartEtag([0, 1, 2].map((at) => md5(bytes.subarray(at * part, (at + 1) * part))));
    s3.proxy.next('PUT', /partNumber=2/, { does: 'answer', status: 503 });
    expect(await s3.storage.putFile(key, file, media)).toEqual({ key, size, etag });
    expect((await read(key)).equals(bytes)).toBe(true);
    await expect(s3.storage.putFile(key, file, media)).rejects.toMatchObject({ code: 'OBJECT_EXISTS' });
  });

  test('that cannot be stored leave no parts behind', async () => {
    const file = join(await testFolder('s3'), 'large');
    await writeFile(file, '');
    await truncate(file, 20 * 2 ** 20);
    const key = newKey();
    s3.proxy.next('PUT', /partNumber=2/, { does: 'answer', status: 403 });
    await expect(s3.storage.putFile(key, file, media)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    expect(await s3.storage.head(key)).toBeNull();
    const { Uploads = [] } = await s3.swift.client.send(new ListMultipartUploadsCommand({ Bucket: s3.bucket }));
    expect(Uploads.filter(({ Key }) => Key?.endsWith(key))).toEqual([]);
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
    const error = { code: 'CONFIG_INVALID', advice: expect.stringMatching(fix) };
    await expect(unset.head('transcoded/a')).rejects.toMatchObject(error);
    await expect(unset.signGetUrl('transcoded/a', new Date())).rejects.toMatchObject(error);
  });
});

describe('vendors', () => {
  test('without conditional writes are looked at before each write', async () => {
    const plain = await s3On(s3.swift, { bucket: s3.bucket, endpoint: s3.proxy.url });
    s3.proxy.next('PUT', /transcoded/, {
      does: 'answer',
      status: 501,
      body: '<Error><Code>NotImplemented</Code></Error>',
    });
    const key = newKey();
    await plain.put(key, Buffer.from('first'), media);
    await expect(plain.put(key, Buffer.from('second'), media)).rejects.toMatchObject({ code: 'OBJECT_EXISTS' });
    expect(s3.proxy.seen.map((line) => line.split(' ')[0])).toEqual(['PUT', 'HEAD', 'PUT', 'HEAD']);
    expect(String(await read(key))).toBe('first');
  });
});
