import { describe, expect, test } from 'vitest';
import { inAnHour, type StorageTools, text } from './storage-tools.ts';

/** URLs that carry a right. */
export function storageSignedUrls(tools: StorageTools): void {
  const { newKey } = tools;
  describe('signed URLs', () => {
    test('read the object that they are for', async () => {
      const key = newKey();
      await tools.storage.put(key, Buffer.from('hello'), text);
      const answer = await fetch(await tools.storage.signGetUrl(key, inAnHour()));
      expect([answer.status, await answer.text()]).toEqual([200, 'hello']);
    });

    test('are refused with another key, part, verb or time, or once they have expired', async () => {
      const [key, other] = [newKey(), newKey()];
      const uploadId = await tools.storage.createMultipartUpload(key, text);
      await tools.storage.put(other, Buffer.from('secret'), text);
      const sign = (expiresAt: Date) =>
        tools.storage.signPartUrl({ key, uploadId, partNumber: 1, mostBytes: 1, expiresAt });
      const part = await sign(inAnHour());
      const get = await tools.storage.signGetUrl(key, inAnHour());
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
      expect(await tools.storage.listParts(key, uploadId)).toEqual([]);
      expect((await fetch(part, put)).status).toBe(200);
    });
  });
}
