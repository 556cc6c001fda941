import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { multipartEtag } from '../../src/storage/etags.ts';
import type { Storage } from '../../src/storage/storage.ts';

export interface StorageUnderTest {
  storage: Storage;
  /** Smallest part that is not the last one, bytes. */
  partSize: number;
  close(): Promise<void>;
}

const md5 = (bytes: Uint8Array) => createHash('md5').update(bytes).digest('hex');
const bytesOf = (size: number, seed: number) => Buffer.alloc(size, createHash('sha256').update(`${seed}`).digest());
const inAnHour = () => new Date(Date.now() + 3_600_000);
const text = { contentType: 'text/plain' };

/** What every driver of the storage port must do; `open` gives one whose signed URLs can be fetched. */
export function storageContract(open: () => Promise<StorageUnderTest>): void {
  let under: StorageUnderTest;
  let storage: Storage;
  let folder: string;
  let names = 0;
  const newKey = (name = 'object.bin') => `originals/vid_${++names}/${name}`;
  const newOutput = () => `transcoded/vid_${++names}/run_1/a.m4s`;
  const read = async (key: string, range?: { start: number; end: number }) => buffer(await storage.read(key, range));
  const list = async (prefix: string) => {
    const keys: string[] = [];
    for await (const { key } of storage.list(prefix)) keys.push(key);
    return keys;
  };
  const upload = async (key: string, uploadId: string, partNumber: number, body: Uint8Array) => {
    const url = await storage.signPartUrl({ key, uploadId, partNumber, mostBytes: body.length, expiresAt: inAnHour() });
    return fetch(url, { method: 'PUT', body });
  };

  beforeAll(async () => {
    under = await open();
    storage = under.storage;
    folder = await mkdtemp(join(tmpdir(), 'reelmill-contract-'));
  });
  afterAll(async () => {
    await under.close();
    await rm(folder, { recursive: true });
  });

  describe('objects', () => {
    test('what is put can be read, whole and by range, and has its MD5 as ETag', async () => {
      const key = newKey();
      const body = bytesOf(100_000, 1);
      const stored = { key, size: 100_000, etag: md5(body) };
      expect(await storage.put(key, body, text)).toEqual(stored);
      expect(await storage.head(key)).toEqual(stored);
      expect((await read(key)).equals(body)).toBe(true);
      expect(await read(key, { start: 5, end: 9 })).toEqual(body.subarray(5, 10));
      expect(await read(key, { start: 99_998, end: 99_999 })).toEqual(body.subarray(99_998));
      expect(await read(key, { start: 99_998, end: 200_000 })).toEqual(body.subarray(99_998));
      expect(await read(key, { start: 100_000, end: 200_000 })).toHaveLength(0);
    });

    test('a read of an ETag is of that object, or refused (NOT_FOUND)', async () => {
      const key = newOutput();
      const { etag } = await storage.put(key, Buffer.from('first'), text);
      expect(String(await buffer(await storage.read(key, { start: 1, end: 2 }, { etag })))).toBe('ir');
      await storage.remove(key);
      await storage.put(key, Buffer.from('other'), text);
      const reading = storage.read(key, { start: 1, end: 2 }, { etag });
      await expect(reading).rejects.toMatchObject({ code: 'NOT_FOUND' });
    });

    test('a body that nobody reads to its end holds nothing up', async () => {
      const key = newOutput();
      await storage.put(key, bytesOf(2 ** 20, 3), text);
      for (let times = 0; times < 60; times += 1) (await storage.read(key)).destroy();
      expect(await read(key, { start: 0, end: 9 })).toHaveLength(10);
    });

    test('an empty object is an object', async () => {
      const key = newKey();
      await storage.put(key, new Uint8Array(), text);
      expect(await storage.head(key)).toMatchObject({ size: 0, etag: 'd41d8cd98f00b204e9800998ecf8427e' });
      expect(await read(key)).toHaveLength(0);
    });

    test('a file is stored as it is', async () => {
      const key = newKey();
      const body = bytesOf(70_000, 2);
      await writeFile(join(folder, 'file'), body);
      expect(await storage.putFile(key, join(folder, 'file'), text)).toEqual({ key, size: 70_000, etag: md5(body) });
      await rm(join(folder, 'file'));
      expect((await read(key)).equals(body)).toBe(true);
    });

    test('a key is taken once: later bytes are refused (OBJECT_EXISTS) and change nothing', async () => {
      const key = newKey();
      await storage.put(key, Buffer.from('first'), text);
      await writeFile(join(folder, 'second'), 'second');
      await expect(storage.put(key, Buffer.from('second'), text)).rejects.toMatchObject({ code: 'OBJECT_EXISTS' });
      await expect(storage.putFile(key, join(folder, 'second'), text)).rejects.toMatchObject({ code: 'OBJECT_EXISTS' });
      expect(String(await read(key))).toBe('first');
      expect(await storage.head(key)).toMatchObject({ etag: md5(Buffer.from('first')) });
    });

    test('of many writers of one key at once one wins, and its ETag is that of its bytes', async () => {
      const key = newKey();
      const bodies = Array.from({ length: 8 }, (_, index) => bytesOf(50_000, index));
      const results = await Promise.allSettled(bodies.map((body) => storage.put(key, body, text)));
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      const winner = bodies[results.findIndex(({ status }) => status === 'fulfilled')];
      expect(winner?.equals(await read(key))).toBe(true);
      expect(await storage.head(key)).toMatchObject({ etag: md5(winner ?? Buffer.alloc(0)) });
    });

    test('what is not there is told', async () => {
      expect(await storage.head('originals/vid_none/original.mp4')).toBeNull();
      await expect(storage.read('originals/vid_none/original.mp4')).rejects.toMatchObject({ code: 'NOT_FOUND' });
      await storage.remove('originals/vid_none/original.mp4');
    });

    test('a removed object is gone, and its key is free', async () => {
      const key = newOutput();
      await storage.put(key, Buffer.from('a'), text);
      await storage.remove(key);
      expect(await storage.head(key)).toBeNull();
      await storage.put(key, Buffer.from('b'), text);
      expect(await storage.head(key)).toMatchObject({ etag: md5(Buffer.from('b')) });
    });

    test('a list holds the keys of a prefix, in their order', async () => {
      const keys = ['a-b/z', 'a/b-c/d', 'a/b/c', 'a/b2', 'b/a'];
      for (const key of [...keys].reverse()) await storage.put(`lists/${key}`, Buffer.from(key), text);
      expect(await list('lists/')).toEqual(keys.map((key) => `lists/${key}`));
      expect(await list('lists/a/b')).toEqual(['lists/a/b-c/d', 'lists/a/b/c', 'lists/a/b2']);
      expect(await list('lists/a/b/')).toEqual(['lists/a/b/c']);
      expect(await list('lists/none/')).toEqual([]);
    });

    test('a list goes on over its pages, over outputs and originals alike', async () => {
      const numbers = Array.from({ length: 20 }, (_, number) => `${number}`.padStart(2, '0'));
      const outputs = numbers.map((number) => `segments/vid_list/${number}`);
      await Promise.all(outputs.map((key) => storage.put(key, Buffer.from(key), text)));
      expect(await list('segments/vid_list/')).toEqual(outputs);
      await storage.put('originals/vid_list/original.mp4', Buffer.from('film'), text);
      expect(await list('originals/vid_list/')).toEqual(['originals/vid_list/original.mp4']);
      const all = await list('');
      expect(all).toEqual([...all].sort());
      expect(all).toEqual(expect.arrayContaining(['originals/vid_list/original.mp4', ...outputs]));
    });
  });

  describe('multipart uploads', () => {
    test('parts in any order, one of them sent again, become the object', async () => {
      const key = newKey();
      const [first, second] = [bytesOf(under.partSize, 1), bytesOf(1_000, 2)];
      const uploadId = await storage.createMultipartUpload(key, text);
      expect(await storage.listParts(key, uploadId)).toEqual([]);
      expect((await upload(key, uploadId, 2, second)).headers.get('etag')).toBe(`"${md5(second)}"`);
      expect((await upload(key, uploadId, 1, bytesOf(under.partSize, 9))).status).toBe(200);
      expect((await upload(key, uploadId, 1, first)).status).toBe(200);
      const parts = [
        { partNumber: 1, size: under.partSize, etag: md5(first) },
        { partNumber: 2, size: 1_000, etag: md5(second) },
      ];
      expect(await storage.listParts(key, uploadId)).toEqual(parts);
      expect(await storage.head(key)).toBeNull();

      const etag = multipartEtag([md5(first), md5(second)]);
      const stored = { key, size: under.partSize + 1_000, etag };
      expect(etag).toMatch(/^[0-9a-f]{32}-2$/);
      expect(await storage.completeMultipartUpload(key, uploadId, parts)).toEqual(stored);
      expect(await storage.head(key)).toEqual(stored);
      // Not toEqual: it compares buffers byte by byte in JavaScript.
      expect((await read(key)).equals(Buffer.concat([first, second]))).toBe(true);
    });

    test('a key that holds another object is not replaced by complete (OBJECT_EXISTS)', async () => {
      const key = newKey();
      await storage.put(key, Buffer.from('first'), text);
      const uploadId = await storage.createMultipartUpload(key, text);
      const body = bytesOf(100, 6);
      await upload(key, uploadId, 1, body);
      const completing = storage.completeMultipartUpload(key, uploadId, [{ partNumber: 1, etag: md5(body) }]);
      await expect(completing).rejects.toMatchObject({ code: 'OBJECT_EXISTS' });
      expect(String(await read(key))).toBe('first');
      await storage.abortMultipartUpload(key, uploadId);
    });

    test('complete may be sent again, and twice at once: the same answer; an unknown upload is told (NOT_FOUND)', async () => {
      const key = newKey();
      const uploadId = await storage.createMultipartUpload(key, text);
      const body = bytesOf(1_000, 7);
      await upload(key, uploadId, 1, body);
      const complete = () => storage.completeMultipartUpload(key, uploadId, [{ partNumber: 1, etag: md5(body) }]);
      const [first, ...others] = [...(await Promise.all([complete(), complete(), complete()])), await complete()];
      expect(first).toMatchObject({ size: 1_000 });
      for (const other of others) expect(other).toEqual(first);
      const unknown = storage.completeMultipartUpload(newKey(), uploadId, [{ partNumber: 1, etag: md5(body) }]);
      await expect(unknown).rejects.toMatchObject({ code: 'NOT_FOUND' });
    });

    test('more parts than one page lists are listed, and joined', async () => {
      const key = newKey();
      const uploadId = await storage.createMultipartUpload(key, text);
      const count = 9;
      const bodies = Array.from({ length: count }, (_, index) =>
        bytesOf(index === count - 1 ? 10 : under.partSize, index),
      );
      await Promise.all(bodies.map((body, index) => upload(key, uploadId, index + 1, body)));
      const parts = await storage.listParts(key, uploadId);
      expect(parts).toEqual(
        bodies.map((body, index) => ({ partNumber: index + 1, size: body.length, etag: md5(body) })),
      );
      const { size } = await storage.completeMultipartUpload(key, uploadId, parts);
      expect(size).toBe((count - 1) * under.partSize + 10);
      const seam = await read(key, { start: 8 * under.partSize - 5, end: 8 * under.partSize + 9 });
      expect(seam.equals(Buffer.concat(bodies.slice(7)).subarray(-15))).toBe(true);
    });

    test('a part larger than was signed is refused, and nothing of it stays', async () => {
      const key = newKey();
      const uploadId = await storage.createMultipartUpload(key, text);
      const part = { key, uploadId, partNumber: 1, mostBytes: 100, expiresAt: inAnHour() };
      const url = await storage.signPartUrl(part);
      const { status } = await fetch(url, { method: 'PUT', body: bytesOf(101, 8) });
      expect([403, 422]).toContain(status);
      expect(await storage.listParts(key, uploadId)).toEqual([]);
      expect((await fetch(url, { method: 'PUT', body: bytesOf(100, 8) })).status).toBe(200);
      await storage.abortMultipartUpload(key, uploadId);
    });

    test('an upload of one part', async () => {
      const key = newKey();
      const body = bytesOf(1_234, 3);
      const uploadId = await storage.createMultipartUpload(key, text);
      await upload(key, uploadId, 1, body);
      const object = await storage.completeMultipartUpload(key, uploadId, [{ partNumber: 1, etag: md5(body) }]);
      expect(object).toEqual({ key, size: 1_234, etag: multipartEtag([md5(body)]) });
      expect((await read(key)).equals(body)).toBe(true);
    });

    test('a missing part, or another ETag, is refused, and the upload goes on', async () => {
      const key = newKey();
      const body = bytesOf(100, 4);
      const uploadId = await storage.createMultipartUpload(key, text);
      await upload(key, uploadId, 1, body);
      const right = { partNumber: 1, etag: md5(body) };
      for (const parts of [[right, { ...right, partNumber: 2 }], [{ ...right, etag: md5(Buffer.from('other')) }]]) {
        const completing = storage.completeMultipartUpload(key, uploadId, parts);
        await expect(completing).rejects.toMatchObject({ code: 'UPLOAD_PARTS_INVALID' });
      }
      expect(await storage.head(key)).toBeNull();
      await storage.completeMultipartUpload(key, uploadId, [right]);
      expect(await storage.head(key)).toMatchObject({ size: 100 });
    });

    test('an aborted upload is forgotten with its parts; aborting again is no error', async () => {
      const key = newKey();
      const uploadId = await storage.createMultipartUpload(key, text);
      await upload(key, uploadId, 1, bytesOf(100, 5));
      await storage.abortMultipartUpload(key, uploadId);
      await storage.abortMultipartUpload(key, uploadId);
      await expect(storage.listParts(key, uploadId)).rejects.toMatchObject({ code: 'NOT_FOUND' });
      expect((await upload(key, uploadId, 1, bytesOf(100, 5))).status).toBe(404);
      expect(await storage.head(key)).toBeNull();
    });
  });

  describe('signed URLs', () => {
    test('read the object that they are for', async () => {
      const key = newKey();
      await storage.put(key, Buffer.from('hello'), text);
      const answer = await fetch(await storage.signGetUrl(key, inAnHour()));
      expect([answer.status, await answer.text()]).toEqual([200, 'hello']);
    });

    test('are refused with another key, part, verb or time, or once they have expired', async () => {
      const [key, other] = [newKey(), newKey()];
      const uploadId = await storage.createMultipartUpload(key, text);
      await storage.put(other, Buffer.from('secret'), text);
      const sign = (expiresAt: Date) => storage.signPartUrl({ key, uploadId, partNumber: 1, mostBytes: 1, expiresAt });
      const part = await sign(inAnHour());
      const get = await storage.signGetUrl(key, inAnHour());
      const past = await sign(new Date(Date.now() - 2_000));
      const later = part.replace(/\b(X-Amz-Expires=)\d+/, '$1604800').replace(/\b(expires=)\d+/, '$19999999999');
      expect(later).not.toBe(part);
      const put = { method: 'PUT', body: 'x' };
      const refused: [string, RequestInit][] = [
        [get.replace(key, other), {}],
        [get, put],
        [part, {}],
        [part.replace('partNumber=1', 'partNumber=2'), put],
        [part.replace(uploadId, `${uploadId}0`), put],
        [later, put],
        [past, put],
      ];
      for (const [url, request] of refused) expect((await fetch(url, request)).status, url).toBe(403);
      expect(await storage.listParts(key, uploadId)).toEqual([]);
      expect((await fetch(part, put)).status).toBe(200);
    });
  });
}
