import { createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { CatalogueError } from '../errors/catalogue-error.ts';
import type { ArtefactStorage, StoredObject } from './storage.ts';

/** Fetches an object into a local file that appears when it is whole. Rejects with SERVICE_UNAVAILABLE where the bytes end early. */
export async function fetchObject(
  storage: ArtefactStorage,
  object: StoredObject,
  path: string,
  signal: AbortSignal,
): Promise<void> {
  const partial = `${path}.${process.pid}.partial`;
  try {
    await pipeline(await storage.read(object.key), createWriteStream(partial, { highWaterMark: 1 << 20 }), { signal });
    const { size } = await stat(partial);
    if (size !== object.size) {
      throw new CatalogueError('SERVICE_UNAVAILABLE', `storage gave ${size} of ${object.size} bytes of ${object.key}`);
    }
    await rename(partial, path);
  } catch (error) {
    signal.throwIfAborted(); // its reason says more than "aborted"
    throw error;
  } finally {
    await rm(partial, { force: true });
  }
}
