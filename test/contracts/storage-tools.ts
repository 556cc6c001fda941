import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll } from 'vitest';
import type { ByteRange, Storage } from '../../src/storage/storage.ts';

export interface StorageUnderTest {
  storage: Storage;
  /** Smallest part that is not the last one, bytes. */
  partSize: number;
  close(): Promise<void>;
}

export const md5 = (bytes: Uint8Array) => createHash('md5').update(bytes).digest('hex');
export const bytesOf = (size: number, seed: number) =>
  Buffer.alloc(size, createHash('sha256').update(`${seed}`).digest());
export const inAnHour = () => new Date(Date.now() + 3_600_000);
export const text = { contentType: 'text/plain' };

export type StorageTools = ReturnType<typeof storageTools>;

/** The driver of a contract, open while its tests run, and what they do with it again and again. */
export function storageTools(open: () => Promise<StorageUnderTest>) {
  let under: StorageUnderTest;
  let folder: string;
  let names = 0;
  beforeAll(async () => {
    under = await open();
    folder = await mkdtemp(join(tmpdir(), 'reelmill-contract-'));
  });
  afterAll(async () => {
    await under.close();
    await rm(folder, { recursive: true });
  });

  return {
    get storage() {
      return under.storage;
    },
    get partSize() {
      return under.partSize;
    },
    /** Empty, of this machine. */
    get folder() {
      return folder;
    },
    newKey: (name = 'object.bin') => `originals/vid_${++names}/${name}`,
    newOutput: () => `transcoded/vid_${++names}/run_1/a.m4s`,
    read: async (key: string, range?: ByteRange) => buffer(await under.storage.read(key, range)),
    async list(prefix: string) {
      const keys: string[] = [];
      for await (const { key } of under.storage.list(prefix)) keys.push(key);
      return keys;
    },
    async upload(key: string, uploadId: string, partNumber: number, body: Uint8Array) {
      const part = { key, uploadId, partNumber, mostBytes: body.length, expiresAt: inAnHour() };
      return fetch(await under.storage.signPartUrl(part), { method: 'PUT', body });
    },
  };
}
