import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CatalogueError } from '../errors/catalogue-error.ts';
import type { ArtefactStorage, StoredObject } from './storage.ts';

interface Fetch {
  /** Appears when it is whole. */
  path: string;
  /** Written first: `begin` makes it, and it does not stay whatever happens. */
  partial: string;
  begin(): Promise<void>;
  signal: AbortSignal;
}

/** Fetches an object into a local file. Rejects with SERVICE_UNAVAILABLE where its bytes are not those that storage told of. */
export async function fetchObject(
  storage: ArtefactStorage,
  object: StoredObject,
  { path, partial, begin, signal }: Fetch,
): Promise<void> {
  try {
    await begin();
    let size = 0;
    const counted = new Transform({
      transform(chunk: Buffer, _, done) {
        size += chunk.length;
        // A body without an end must not fill the disk.
        done(size > object.size ? wrongSize(object, `more than ${object.size}`) : null, chunk);
      },
    });
    const file = createWriteStream(partial, { flags: 'r+', highWaterMark: 1 << 20 });
    await pipeline(await storage.read(object.key), counted, file, { signal });
    if (size !== object.size) throw wrongSize(object, `${size} of ${object.size}`);
    await rename(partial, path);
  } catch (error) {
    signal.throwIfAborted(); // its reason says more than "aborted"
    throw error;
  } finally {
    await rm(partial, { force: true });
  }
}

const wrongSize = ({ key }: StoredObject, bytes: string): CatalogueError =>
  new CatalogueError('SERVICE_UNAVAILABLE', `storage gave ${bytes} bytes of ${key}`);
