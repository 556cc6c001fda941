import { describe, expect, test } from 'vitest';
import { multipartEtag } from '../../src/storage/etags.ts';
import { bytesOf, inAnHour, md5, type StorageTools, text } from './storage-tools.ts';

/** Multipart uploads, as clients make them. */
export function storageUploads(tools: StorageTools): void {
  const { newKey, read, upload } = tools;
  describe('multipart uploads', () => {
    test('parts in any order, one of them sent again, become the object', async () => {
      const key = newKey();
      const [first, second] = [bytesOf(tools.partSize, 1), bytesOf(1_000, 2)];
      const uploadId = await tools.storage.createMultipartUpload(key, text);
      expect(await tools.storage.listParts(key, uploadId)).toEqual([]);
      expect((await upload(key, uploadId, 2, second)).headers.get('etag')).toBe(`"${md5(second)}"`);
      expect((await upload(key, uploadId, 1, bytesOf(tools.partSize, 9))).status).toBe(200);
      expect((await upload(key, uploadId, 1, first)).status).toBe(200);
      const parts = [
        { partNumber: 1, size: tools.partSize, etag: md5(first) },
        { partNumber: 2, size: 1_000, etag: md5(second) },
      ];
      expect(await tools.storage.listParts(key, uploadId)).toEqual(parts);
      expect(await tools.storage.head(key)).toBeNull();

      const etag = multipartEtag([md5(first), md5(second)]);
      const stored = { key, size: tools.partSize + 1_000, etag };
      expect(etag).toMatch(/^[0-9a-f]{32}-2$/);
      expect(await tools.storage.completeMultipartUpload(key, uploadId, parts)).toEqual(stored);
      expect(await tools.storage.head(key)).toEqual(stored);
      // Not toEqual: it compares buffers byte by byte in JavaScript.
      expect((await read(key)).equals(Buffer.concat([first, second]))).toBe(true);
    });

    test('a key that holds another object is not replaced by complete (OBJECT_EXISTS)', async () => {
      const key = newKey();
      await tools.storage.put(key, Buffer.from('first'), text);
      const uploadId = await tools.storage.createMultipartUpload(key, text);
      const body = bytesOf(100, 6);
      await upload(key, uploadId, 1, body);
      const completing = tools.storage.completeMultipartUpload(key, uploadId, [{ partNumber: 1, etag: md5(body) }]);
      await expect(completing).rejects.toMatchObject({ code: 'OBJECT_EXISTS' });
      expect(String(await read(key))).toBe('first');
      await tools.storage.abortMultipartUpload(key, uploadId);
    });

    test('complete may be sent again, and twice at once: the same answer; an unknown upload is told (NOT_FOUND)', async () => {
      const key = newKey();
      const uploadId = await tools.storage.createMultipartUpload(key, text);
      const body = bytesOf(1_000, 7);
      await upload(key, uploadId, 1, body);
      const complete = () => tools.storage.completeMultipartUpload(key, uploadId, [{ partNumber: 1, etag: md5(body) }]);
      const [first, ...others] = [...(await Promise.all([complete(), complete(), complete()])), await complete()];
      expect(first).toMatchObject({ size: 1_000 });
      for (const other of others) expect(other).toEqual(first);
      const unknown = tools.storage.completeMultipartUpload(newKey(), uploadId, [{ partNumber: 1, etag: md5(body) }]);
      await expect(unknown).rejects.toMatchObject({ code: 'NOT_FOUND' });
    });

    test('more parts than one page lists are listed, and joined', async () => {
      const key = newKey();
      const uploadId = await tools.storage.createMultipartUpload(key, text);
      const count = 9;
      const bodies = Array.from({ length: count }, (_, index) =>
        bytesOf(index === count - 1 ? 10 : tools.partSize, index),
      );
      await Promise.all(bodies.map((body, index) => upload(key, uploadId, index + 1, body)));
      const parts = await tools.storage.listParts(key, uploadId);
      expect(parts).toEqual(
        bodies.map((body, index) => ({ partNumber: index + 1, size: body.length, etag: md5(body) })),
      );
      const { size } = await tools.storage.completeMultipartUpload(key, uploadId, parts);
      expect(size).toBe((count - 1) * tools.partSize + 10);
      const seam = await read(key, { start: 8 * tools.partSize - 5, end: 8 * tools.partSize + 9 });
      expect(seam.equals(Buffer.concat(bodies.slice(7)).subarray(-15))).toBe(true);
    });

    test('a part larger than was signed is refused, and nothing of it stays', async () => {
      const key = newKey();
      const uploadId = await tools.storage.createMultipartUpload(key, text);
      const part = { key, uploadId, partNumber: 1, mostBytes: 100, expiresAt: inAnHour() };
      const url = await tools.storage.signPartUrl(part);
      const { status } = await fetch(url, { method: 'PUT', body: bytesOf(101, 8) });
      expect([403, 422]).toContain(status);
      expect(await tools.storage.listParts(key, uploadId)).toEqual([]);
      expect((await fetch(url, { method: 'PUT', body: bytesOf(100, 8) })).status).toBe(200);
      await tools.storage.abortMultipartUpload(key, uploadId);
    });

    test('an upload of one part', async () => {
      const key = newKey();
      const body = bytesOf(1_234, 3);
      const uploadId = await tools.storage.createMultipartUpload(key, text);
      await upload(key, uploadId, 1, body);
      const object = await tools.storage.completeMultipartUpload(key, uploadId, [{ partNumber: 1, etag: md5(body) }]);
      expect(object).toEqual({ key, size: 1_234, etag: multipartEtag([md5(body)]) });
      expect((await read(key)).equals(body)).toBe(true);
    });

    test('a missing part, or another ETag, is refused, and the upload goes on', async () => {
      const key = newKey();
      const body = bytesOf(100, 4);
      const uploadId = await tools.storage.createMultipartUpload(key, text);
      await upload(key, uploadId, 1, body);
      const right = { partNumber: 1, etag: md5(body) };
      for (const parts of [[right, { ...right, partNumber: 2 }], [{ ...right, etag: md5(Buffer.from('other')) }]]) {
        const completing = tools.storage.completeMultipartUpload(key, uploadId, parts);
        await expect(completing).rejects.toMatchObject({ code: 'UPLOAD_PARTS_INVALID' });
      }
      expect(await tools.storage.head(key)).toBeNull();
      await tools.storage.completeMultipartUpload(key, uploadId, [right]);
      expect(await tools.storage.head(key)).toMatchObject({ size: 100 });
    });

    test('an aborted upload is forgotten with its parts; aborting again is no error', async () => {
      const key = newKey();
      const uploadId = await tools.storage.createMultipartUpload(key, text);
      await upload(key, uploadId, 1, bytesOf(100, 5));
      await tools.storage.abortMultipartUpload(key, uploadId);
      await tools.storage.abortMultipartUpload(key, uploadId);
      await expect(tools.storage.listParts(key, uploadId)).rejects.toMatchObject({ code: 'NOT_FOUND' });
      expect((await upload(key, uploadId, 1, bytesOf(100, 5))).status).toBe(404);
      expect(await tools.storage.head(key)).toBeNull();
    });
  });
}
