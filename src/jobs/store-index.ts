import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { encodeIndex } from '../plan/index-bytes.ts';
import type { SourceIndex } from '../plan/source-index.ts';
import type { ArtefactStorage } from '../storage/storage.ts';
import type { Artefact } from './services.ts';
import { storeFile } from './store-artefact.ts';

/** Stores an index under a new key, by way of a file in `workDir`, and gives its row. */
export async function storeIndex(
  storage: ArtefactStorage,
  { key, index, workDir }: { key: string; index: SourceIndex; workDir: string },
): Promise<Artefact> {
  const path = join(workDir, 'index.bin');
  await pipeline(Readable.from(encodeIndex(index)), createWriteStream(path));
  return storeFile(storage, { kind: 'index', key, contentType: 'application/octet-stream' }, path);
}
