import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { type Readable, Transform } from 'node:stream';
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

/**
 * Fetches an object into a local file: of the ETag that storage told of, and of that size. A connection that breaks is the driver's to
 * mend; it goes on where it was. Rejects with SERVICE_UNAVAILABLE where other bytes come, NOT_FOUND where another object is there since.
 */
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
    const body = await openUntil(signal, storage.read(object.key, undefined, { etag: object.etag }));
    await pipeline(body, counted, file, { signal });
    if (size !== object.size) throw wrongSize(object, `${size} of ${object.size}`);
    await rename(partial, path);
  } catch (error) {
    signal.throwIfAborted(); // its reason says more than "aborted"
    throw error;
  } finally {
    await rm(partial, { force: true });
  }
}

/** The body, unless the signal is first: then what is opened later is closed all the same. */
async function openUntil(signal: AbortSignal, opening: Promise<Readable>): Promise<Readable> {
  const aborted = new Promise<never>((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  aborted.catch(() => {}); // it is raced below, and may come after
  opening.then((body) => signal.aborted && body.destroy()).catch(() => {});
  return Promise.race([opening, aborted]);
}

const wrongSize = ({ key }: StoredObject, bytes: string): CatalogueError =>
  new CatalogueError('SERVICE_UNAVAILABLE', `storage gave ${bytes} bytes of ${key}`);
