import { type FileHandle, open } from 'node:fs/promises';
import { CatalogueError } from '../errors/catalogue-error.ts';
import type { s3Objects } from './s3-objects.ts';
import type { s3Uploads } from './s3-uploads.ts';
import { type s3Writes, taken } from './s3-writes.ts';
import type { PutOptions, StoredObject } from './storage.ts';

/** A file up to this size goes in one request, a larger one in parts of it, bytes. S3 takes at most 5 GiB and 10 000 parts. */
const partBytes = 16 * 2 ** 20;
const wantedParts = 9_500;
/** Parts in memory at a time, of all files of a process: 128 MiB. */
const mostInMemory = 8;
/** Of one file. */
const parallelParts = 4;

interface Parts {
  objects: ReturnType<typeof s3Objects>;
  writes: ReturnType<typeof s3Writes>;
  uploads: ReturnType<typeof s3Uploads>;
}

/**
 * Stores files. Each piece is read whole and sent with its MD5, so every attempt sends the same checked bytes from their beginning,
 * which the stream of a file could not.
 */
export function s3PutFile({ objects, writes, uploads }: Parts) {
  const inMemory = createSlots(mostInMemory);

  const putParts = async (key: string, file: FileHandle, size: number, options: PutOptions): Promise<StoredObject> => {
    if (await objects.look(key)) throw taken(key);
    const uploadId = await uploads.create(key, options);
    try {
      const length = Math.max(partBytes, Math.ceil(size / wantedParts));
      const count = Math.ceil(size / length);
      const parts = await inOrder(count, (index) =>
        inMemory(async () => {
          const body = await readExactly(file, index * length, Math.min(length, size - index * length));
          return uploads.send(key, uploadId, index + 1, body);
        }),
      );
      return await uploads.complete(key, uploadId, parts);
    } catch (error) {
      await uploads.abort(key, uploadId).catch(() => {}); // the bucket's lifecycle rule takes what stays
      throw error;
    }
  };

  return async (key: string, path: string, options: PutOptions): Promise<StoredObject> => {
    const file = await open(path, 'r');
    try {
      const { size } = await file.stat();
      if (size > partBytes) return await putParts(key, file, size, options);
      return await inMemory(async () => writes.put(key, await readExactly(file, 0, size), options));
    } finally {
      await file.close();
    }
  };
}

async function readExactly(file: FileHandle, position: number, length: number): Promise<Uint8Array> {
  const bytes = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(bytes, filled, length - filled, position + filled);
    if (bytesRead === 0) throw new CatalogueError('OUTPUT_DAMAGED', 'A file ended while it was being stored.');
    filled += bytesRead;
  }
  return bytes;
}

/** Results of `count` pieces of work in their order, some at a time; after an error none is begun. */
async function inOrder<T>(count: number, work: (index: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  const runner = async () => {
    for (let index = next++; index < count; index = next++) {
      try {
        results[index] = await work(index);
      } catch (error) {
        next = count;
        throw error;
      }
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: Math.min(count, parallelParts) }, runner));
  for (const end of ended) if (end.status === 'rejected') throw end.reason;
  return results;
}

/** At most so many pieces of work at a time; the others wait for their turn. */
function createSlots(count: number): <T>(work: () => Promise<T>) => Promise<T> {
  let free = count;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  };
}
