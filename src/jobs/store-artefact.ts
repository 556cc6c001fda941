import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { CatalogueError } from '../errors/catalogue-error.ts';
import type { ArtefactStorage } from '../storage/storage.ts';
import type { Artefact } from './services.ts';

/** What a row says of an object beside its bytes. */
export type ArtefactName = Pick<Artefact, 'kind' | 'key'> &
  Partial<Pick<Artefact, 'rendition' | 'segmentIndex' | 'facts'>>;

/**
 * Stores a local file under a new key and gives its row. It is the storage's then, and its name here is gone: no tool that runs in the same folder
 * later can change what is stored. Rejects where it is no file of its own: a tool may have left a link, or a FIFO.
 */
export async function storeFile(
  storage: ArtefactStorage,
  { contentType, ...name }: ArtefactName & { contentType: string },
  path: string,
): Promise<Artefact> {
  const hash = createHash('sha256');
  await pipeline((await openFile(path)).createReadStream(), hash);
  const { size } = await storage.putFile(name.key, path, { contentType });
  await rm(path, { force: true });
  return row(name, size, hash.digest('hex'));
}

async function openFile(path: string): Promise<FileHandle> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  if ((await file.stat()).isFile()) return file;
  await file.close();
  throw new CatalogueError('OUTPUT_DAMAGED', 'What was made is no file.');
}

const row = (name: ArtefactName, size: number, sha256: string): Artefact => ({
  rendition: null,
  segmentIndex: null,
  facts: {},
  ...name,
  size,
  sha256,
});
