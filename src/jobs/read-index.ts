import { CatalogueError } from '../errors/catalogue-error.ts';
import { indexDecoder } from '../plan/index-bytes.ts';
import type { Probe } from '../plan/probe.ts';
import type { SourceIndex } from '../plan/source-index.ts';
import type { ArtefactStorage } from '../storage/storage.ts';

/**
 * The stored index of a probed video, decoded as it comes. Rejects with OUTPUT_DAMAGED where it is not what was written, and with
 * INTERNAL where there is none: sound alone.
 */
export async function readStoredIndex(
  storage: Pick<ArtefactStorage, 'read'>,
  { indexKey }: Pick<Probe, 'indexKey'>,
): Promise<SourceIndex> {
  if (indexKey === null) throw new CatalogueError('INTERNAL', 'The probe has no index.');
  const decoder = indexDecoder();
  const decode = <Result>(step: () => Result): Result => {
    try {
      return step();
    } catch (cause) {
      throw new CatalogueError('OUTPUT_DAMAGED', `The stored index cannot be read: ${reason(cause)}.`, { cause });
    }
  };
  for await (const piece of await storage.read(indexKey)) decode(() => decoder.add(piece));
  return decode(() => decoder.result());
}

const reason = (thrown: unknown): string => (thrown instanceof RangeError ? thrown.message : 'it is no index of ours');
