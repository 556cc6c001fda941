import { existsSync } from 'node:fs';
import { cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CatalogueError } from '../../src/errors/catalogue-error.ts';
import { createFileStorage, type FileStorage } from '../../src/storage/file-storage.ts';
import { type StorageServer, serveStorage } from '../support/storage-server.ts';
import { storageContract } from './storage.ts';

const secret = 'a secret of tests, long enough for all';
let root: string;
let storage: FileStorage;
let server: StorageServer;

async function open(): Promise<void> {
  root = await mkdtemp(join(tmpdir(), 'reelmill-storage-'));
  server = await serveStorage(() => storage);
  storage = createFileStorage({ root, publicUrl: server.url, secret });
}
async function close(): Promise<void> {
  await server.close();
  await rm(root, { recursive: true });
}

describe('a local folder', () => {
  storageContract(async () => {
    await open();
    return { storage, partSize: 2 ** 16, close };
  });
});

describe('a local folder, beside the contract', () => {
  beforeAll(open);
  afterAll(close);

  test.each(['../etc/passwd', 'a/../../b', '/etc/passwd', 'a//b', '.facts/a', 'a/.hidden', 'a\0b', 'ä', '', 'a/'])(
    'the key %j leads nowhere',
    async (key) => {
      const body = Buffer.from('x');
      await expect(storage.put(key, body, { contentType: 'text/plain' })).rejects.toMatchObject({
        code: 'REQUEST_MALFORMED',
      });
      await expect(storage.read(key)).rejects.toMatchObject({ code: 'REQUEST_MALFORMED' });
      expect(() => storage.localPath(key)).toThrow('REQUEST_MALFORMED');
    },
  );

  test('an object is the file at its key; a stored file is linked, not copied', async () => {
    const file = join(root, 'made-by-a-tool');
    await writeFile(file, 'media');
    await storage.putFile('segments/vid_1/a.m4s', file, { contentType: 'video/mp4' });
    expect(storage.localPath('segments/vid_1/a.m4s')).toBe(join(root, 'segments/vid_1/a.m4s'));
    expect((await stat(join(root, 'segments/vid_1/a.m4s'))).ino).toBe((await stat(file)).ino);
  });

  test('a body that breaks off leaves no part and no file', async () => {
    const uploadId = await storage.createMultipartUpload('originals/vid_2/original.mp4', { contentType: 'video/mp4' });
    const part = { key: 'originals/vid_2/original.mp4', uploadId, partNumber: 1 };
    const url = await storage.signPartUrl({ ...part, mostBytes: 9, expiresAt: new Date(Date.now() + 60_000) });
    async function* halfOfIt() {
      yield Buffer.from('half');
      throw new Error('connection lost');
    }
    const body = Readable.from(halfOfIt());
    await expect(storage.acceptPart({ method: 'PUT', url, bytes: 9 }, body)).rejects.toThrow('connection lost');
    expect(await storage.listParts(part.key, uploadId)).toEqual([]);
    await storage.abortMultipartUpload(part.key, uploadId);
    expect(await readdir(join(root, '.incoming'))).toEqual([]);
  });

  test('a part takes no more bytes than were signed: UPLOAD_TOO_LARGE', async () => {
    const key = 'originals/vid_4/original.mp4';
    const uploadId = await storage.createMultipartUpload(key, { contentType: 'video/mp4' });
    const expiresAt = new Date(Date.now() + 60_000);
    const url = await storage.signPartUrl({ key, uploadId, partNumber: 1, mostBytes: 100, expiresAt });
    const put = (bytes: number) => fetch(url, { method: 'PUT', body: Buffer.alloc(bytes) });
    expect((await put(101)).status).toBe(new CatalogueError('UPLOAD_TOO_LARGE', '').entry.httpStatus);
    expect(await storage.listParts(key, uploadId)).toEqual([]);
    expect((await put(100)).status).toBe(200);
    await storage.abortMultipartUpload(key, uploadId);
  });

  test('complete may be sent again, and twice at once: the same answer', async () => {
    const key = 'originals/vid_3/original.mp4';
    const uploadId = await storage.createMultipartUpload(key, { contentType: 'video/mp4' });
    const parts: { partNumber: number; etag: string }[] = [];
    for (const partNumber of [1, 2, 3]) {
      const expiresAt = new Date(Date.now() + 60_000);
      const url = await storage.signPartUrl({ key, uploadId, partNumber, mostBytes: 300_000, expiresAt });
      const answer = await fetch(url, { method: 'PUT', body: Buffer.alloc(300_000, partNumber) });
      parts.push({ partNumber, etag: answer.headers.get('etag')?.replaceAll('"', '') ?? '' });
    }
    const complete = () => storage.completeMultipartUpload(key, uploadId, parts);
    const [first, ...others] = [...(await Promise.all([complete(), complete(), complete()])), await complete()];
    expect(first?.size).toBe(900_000);
    for (const other of others) expect(other).toEqual(first);
    expect(await readdir(join(root, '.uploads'))).toEqual([]);
    expect(await readdir(join(root, '.incoming'))).toEqual([]);
  });

  test('a folder that was copied elsewhere still tells sizes and ETags', async () => {
    const key = 'transcoded/vid_4/poster.jpg';
    const stored = await storage.put(key, Buffer.from('picture'), { contentType: 'image/jpeg' });
    const copy = await mkdtemp(join(tmpdir(), 'reelmill-storage-copy-'));
    await cp(root, copy, { recursive: true });
    expect(await createFileStorage({ root: copy, publicUrl: 'http://x', secret }).head(key)).toEqual(stored);
    await rm(copy, { recursive: true });
  });

  test('removing the last object of a folder removes the folder', async () => {
    await storage.put('segments/vid_5/run_1/a', Buffer.from('a'), { contentType: 'text/plain' });
    await storage.remove('segments/vid_5/run_1/a');
    expect(existsSync(join(root, 'segments/vid_5'))).toBe(false);
    expect(existsSync(join(root, '.facts/segments/vid_5'))).toBe(false);
    expect(existsSync(root)).toBe(true);
  });

  test('a URL signed with another secret is refused', async () => {
    const key = 'segments/vid_6/a';
    await storage.put(key, Buffer.from('a'), { contentType: 'text/plain' });
    const other = createFileStorage({ root, publicUrl: server.url, secret: `${secret}!` });
    expect((await fetch(await other.signGetUrl(key, new Date(Date.now() + 60_000)))).status).toBe(403);
    expect(await readFile(storage.localPath(key) ?? '', 'utf8')).toBe('a');
  });
});
