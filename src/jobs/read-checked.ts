import { CatalogueError } from '../errors/catalogue-error.ts';
import type { ArtefactStorage } from '../storage/storage.ts';
import type { Artefact } from './services.ts';

/** The bytes of an object. A stream that storage cuts short ends like a whole one, so they are counted: SERVICE_UNAVAILABLE. */
export async function* readChecked(
  storage: Pick<ArtefactStorage, 'read'>,
  { key, size }: Pick<Artefact, 'key' | 'size'>,
): AsyncGenerator<Uint8Array> {
  let got = 0;
  for await (const chunk of await storage.read(key)) {
    got += chunk.length;
    yield chunk;
  }
  if (got !== size)
    throw new CatalogueError('SERVICE_UNAVAILABLE', `${got} of ${size} bytes of ${key} came from storage.`);
}

/** As `readChecked`, all at once. */
export async function readWhole(
  storage: Pick<ArtefactStorage, 'read'>,
  object: Pick<Artefact, 'key' | 'size'>,
): Promise<Uint8Array> {
  const chunks = [];
  for await (const chunk of readChecked(storage, object)) chunks.push(chunk);
  return Buffer.concat(chunks);
}
