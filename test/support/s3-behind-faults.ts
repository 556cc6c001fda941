import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import type { Storage } from '../../src/storage/storage.ts';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';
import { s3On } from './s3-storage.ts';
import { type Swift, startSwift } from './swift.ts';

/** Of one request. */
export const attempts = 3;
/** For tests in which storage falls silent. */
export const short = { connectMs: 500, idleMs: 500, attempts };
export const media = { contentType: 'video/mp4' };
export const md5 = (bytes: Uint8Array) => createHash('md5').update(bytes).digest('hex');
export const bytesOf = (size: number) => Buffer.alloc(size, createHash('sha256').update(String(size)).digest());

/** A Swift of the test file's own, with a proxy before it that breaks what it is told to, and the driver before that. To be called where a file begins. */
export function s3BehindFaults() {
  let swift: Swift;
  let proxy: FaultProxy;
  let bucket: string;
  let originals: string;
  let storage: Storage;
  let impatient: Storage;
  let names = 0;
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

  return {
    get swift() {
      return swift;
    },
    get proxy() {
      return proxy;
    },
    get bucket() {
      return bucket;
    },
    get originals() {
      return originals;
    },
    get storage() {
      return storage;
    },
    /** Gives up soon. */
    get impatient() {
      return impatient;
    },
    newKey: (name = 'a.m4s') => `transcoded/vid_${++names}/run_1/${name}`,
    newOriginal: () => `originals/vid_${++names}/original.mp4`,
    read: async (key: string, from = storage) => buffer(await from.read(key)),
  };
}
