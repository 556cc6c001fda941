import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { ArtefactStorage } from '../storage/storage.ts';
import type { Artefact } from './services.ts';

/** What a row says of an object beside its bytes. */
export type ArtefactName = Pick<Artefact, 'kind' | 'key'> &
  Partial<Pick<Artefact, 'rendition' | 'segmentIndex' | 'facts'>>;

/** Stores a local file under a new key and gives its row. Do not change the file after. */
export async function storeFile(
  storage: ArtefactStorage,
  { contentType, ...name }: ArtefactName & { contentType: string },
  path: string,
): Promise<Artefact> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  const { size } = await storage.putFile(name.key, path, { contentType });
  return row(name, size, hash.digest('hex'));
}

const row = (name: ArtefactName, size: number, sha256: string): Artefact => ({
  rendition: null,
  segmentIndex: null,
  facts: {},
  ...name,
  size,
  sha256,
});
