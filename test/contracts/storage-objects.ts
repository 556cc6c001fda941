import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { bytesOf, md5, type StorageTools, text } from './storage-tools.ts';

/** Objects: written, read, listed and removed. */
export function storageObjects(tools: StorageTools): void {
  const { newKey, newOutput, read, list } = tools;
  describe('objects', () => {
    test('what is put can be read, whole and by range, and has its MD5 as ETag', async () => {
      const key = newKey();
      const body = bytesOf(100_000, 1);
      const stored = { key, size: 100_000, etag: md5(body) };
      expect(await tools.storage.put(key, body, text)).toEqual(stored);
      expect(await tools.storage.head(key)).toEqual(stored);
      expect((await read(key)).equals(body)).toBe(true);
      expect(await read(key, { start: 5, end: 9 })).toEqual(body.subarray(5, 10));
      expect(await read(key, { start: 99_998, end: 99_999 })).toEqual(body.subarray(99_998));
      expect(await read(key, { start: 99_998, end: 200_000 })).toEqual(body.subarray(99_998));
      expect(await read(key, { start: 100_000, end: 200_000 })).toHaveLength(0);
    });

    test('a read of an ETag is of that object, or refused (NOT_FOUND)', async () => {
      const key = newOutput();
      const { etag } = await tools.storage.put(key, Buffer.from('first'), text);
      expect(String(await buffer(await tools.storage.read(key, { start: 1, end: 2 }, { etag })))).toBe('ir');
      await tools.storage.remove(key);
      await tools.storage.put(key, Buffer.from('other'), text);
      const reading = tools.storage.read(key, { start: 1, end: 2 }, { etag });
      await expect(reading).rejects.toMatchObject({ code: 'NOT_FOUND' });
    });

    test('a body that nobody reads to its end holds nothing up', async () => {
      const key = newOutput();
      await tools.storage.put(key, bytesOf(2 ** 20, 3), text);
      for (let times = 0; times < 60; times += 1) (await tools.storage.read(key)).destroy();
      expect(await read(key, { start: 0, end: 9 })).toHaveLength(10);
    });

    test('an empty object is an object', async () => {
      const key = newKey();
      await tools.storage.put(key, new Uint8Array(), text);
      expect(await tools.storage.head(key)).toMatchObject({ size: 0, etag: 'd41d8cd98f00b204e9800998ecf8427e' });
      expect(await read(key)).toHaveLength(0);
    });

    test('a file is stored as it is', async () => {
      const key = newKey();
      const body = bytesOf(70_000, 2);
      await writeFile(join(tools.folder, 'file'), body);
      expect(await tools.storage.putFile(key, join(tools.folder, 'file'), text)).toEqual({
        key,
        size: 70_000,
        etag: md5(body),
      });
      await rm(join(tools.folder, 'file'));
      expect((await read(key)).equals(body)).toBe(true);
    });

    test('a key is taken once: later bytes are refused (OBJECT_EXISTS) and change nothing', async () => {
      const key = newKey();
      await tools.storage.put(key, Buffer.from('first'), text);
      await writeFile(join(tools.folder, 'second'), 'second');
      await expect(tools.storage.put(key, Buffer.from('second'), text)).rejects.toMatchObject({
        code: 'OBJECT_EXISTS',
      });
      await expect(tools.storage.putFile(key, join(tools.folder, 'second'), text)).rejects.toMatchObject({
        code: 'OBJECT_EXISTS',
      });
      expect(String(await read(key))).toBe('first');
      expect(await tools.storage.head(key)).toMatchObject({ etag: md5(Buffer.from('first')) });
    });

    test('of many writers of one key at once one wins, and its ETag is that of its bytes', async () => {
      const key = newKey();
      const bodies = Array.from({ length: 8 }, (_, index) => bytesOf(50_000, index));
      const results = await Promise.allSettled(bodies.map((body) => tools.storage.put(key, body, text)));
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      const winner = bodies[results.findIndex(({ status }) => status === 'fulfilled')];
      expect(winner?.equals(await read(key))).toBe(true);
      expect(await tools.storage.head(key)).toMatchObject({ etag: md5(winner ?? Buffer.alloc(0)) });
    });

    test('what is not there is told', async () => {
      expect(await tools.storage.head('originals/vid_none/original.mp4')).toBeNull();
      await expect(tools.storage.read('originals/vid_none/original.mp4')).rejects.toMatchObject({ code: 'NOT_FOUND' });
      await tools.storage.remove('originals/vid_none/original.mp4');
    });

    test('a removed object is gone, and its key is free', async () => {
      const key = newOutput();
      await tools.storage.put(key, Buffer.from('a'), text);
      await tools.storage.remove(key);
      expect(await tools.storage.head(key)).toBeNull();
      await tools.storage.put(key, Buffer.from('b'), text);
      expect(await tools.storage.head(key)).toMatchObject({ etag: md5(Buffer.from('b')) });
    });

    test('a list holds the keys of a prefix, in their order', async () => {
      const keys = ['a-b/z', 'a/b-c/d', 'a/b/c', 'a/b2', 'b/a'];
      for (const key of [...keys].reverse()) await tools.storage.put(`lists/${key}`, Buffer.from(key), text);
      expect(await list('lists/')).toEqual(keys.map((key) => `lists/${key}`));
      expect(await list('lists/a/b')).toEqual(['lists/a/b-c/d', 'lists/a/b/c', 'lists/a/b2']);
      expect(await list('lists/a/b/')).toEqual(['lists/a/b/c']);
      expect(await list('lists/none/')).toEqual([]);
    });

    test('a list goes on over its pages, over outputs and originals alike', async () => {
      const numbers = Array.from({ length: 20 }, (_, number) => `${number}`.padStart(2, '0'));
      const outputs = numbers.map((number) => `segments/vid_list/${number}`);
      await Promise.all(outputs.map((key) => tools.storage.put(key, Buffer.from(key), text)));
      expect(await list('segments/vid_list/')).toEqual(outputs);
      await tools.storage.put('originals/vid_list/original.mp4', Buffer.from('film'), text);
      expect(await list('originals/vid_list/')).toEqual(['originals/vid_list/original.mp4']);
      const all = await list('');
      expect(all).toEqual([...all].sort());
      expect(all).toEqual(expect.arrayContaining(['originals/vid_list/original.mp4', ...outputs]));
    });
  });
}
