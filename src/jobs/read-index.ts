import { text } from 'node:stream/consumers';
import { CatalogueError } from '../errors/catalogue-error.ts';
import type { Probe } from '../plan/probe.ts';
import { type SourceIndex, sourceIndexSchema } from '../plan/source-index.ts';
import type { ArtefactStorage } from '../storage/storage.ts';

/** The stored index of a probed video. Rejects with INTERNAL where there is none: sound alone. */
export async function readStoredIndex(
  storage: ArtefactStorage,
  { indexKey }: Pick<Probe, 'indexKey'>,
): Promise<SourceIndex> {
  if (indexKey === null) throw new CatalogueError('INTERNAL', 'The probe has no index.');
  return sourceIndexSchema.parse(JSON.parse(await text(await storage.read(indexKey))));
}
