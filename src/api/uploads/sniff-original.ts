import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { CatalogueError } from '../../errors/catalogue-error.ts';
import { sniffSource } from '../../ffmpeg/sniff-source.ts';
import type { Policy } from '../../plan/policy.ts';
import type { Storage, StoredObject } from '../../storage/storage.ts';

/** A client waits 30 s for its answer; a storage that gives 66 small ranges later than this is of no use, ms. */
const longestMs = 20_000;

/**
 * Looks into an uploaded object before anything is begun for it; gives the error that `sniffSource` refuses it with, or null. Rejects with
 * SERVICE_UNAVAILABLE where the storage does not give the bytes in time, with CONFIG_INVALID where it refuses us: that says nothing about the file.
 */
export async function sniffOriginal(
  storage: Pick<Storage, 'read'>,
  { key, size }: StoredObject,
  policy: Pick<Policy, 'audioOnly'>,
): Promise<CatalogueError | null> {
  const signal = AbortSignal.timeout(longestMs);
  const read = (start: number, end: number) => readRange(storage.read(key, { start, end: end - 1 }), signal);
  try {
    await sniffSource({ bytes: size, read }, policy);
    return null;
  } catch (error) {
    if (error instanceof CatalogueError && error.code.startsWith('INPUT_')) return error;
    // It says which setting; nobody need wait for it.
    if (error instanceof CatalogueError && error.code === 'CONFIG_INVALID') throw error;
    throw new CatalogueError('SERVICE_UNAVAILABLE', 'The storage does not give the upload back.', { cause: error });
  }
}

async function readRange(opening: Promise<Readable>, signal: AbortSignal): Promise<Uint8Array> {
  const late = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  late.catch(() => {}); // it is raced below, and may come after
  signal.throwIfAborted();
  // What is opened after that is closed all the same.
  void opening.then((body) => signal.aborted && body.destroy()).catch(() => {});
  const body = await Promise.race([opening, late]);
  try {
    return await Promise.race([buffer(body), late]);
  } finally {
    body.destroy();
  }
}
