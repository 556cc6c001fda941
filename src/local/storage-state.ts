import { existsSync } from 'node:fs';
import type { Config } from '../config.ts';
import { CatalogueError, toCatalogueError } from '../errors/catalogue-error.ts';
import { openStorage, storagePlace } from '../storage/open-storage.ts';
import { proveStorage, type StorageProof } from '../storage/prove-storage.ts';

/** Proves nothing is signed with it: a folder is asked to write, read and list only. */
const noSecret = '-'.repeat(32);

/** What can be done with the configured storage. A folder that is not there yet is made by the first start: nothing is tried. Never rejects. */
export async function findStorage(config: Config): Promise<(StorageProof & { name: string })[]> {
  try {
    const place = storagePlace(config);
    if (place.kind === 'file' && !existsSync(place.root)) {
      const detail = `not there yet: ${place.root} is made at the first start`;
      return [{ name: 'storage', ok: true, ms: 0, detail, fix: null }];
    }
    const storage = await openStorage({ ...config, REELMILL_SECRET: config.REELMILL_SECRET ?? noSecret });
    const proofs: StorageProof[] = [];
    for await (const proof of proveStorage(storage, originOf(config)))
      proofs.push({ ...proof, name: `storage ${proof.name}` });
    return proofs;
  } catch (error) {
    const { detail } = toCatalogueError(
      error instanceof CatalogueError ? error : new Error('unexpected', { cause: error }),
    );
    return [{ name: 'storage', ok: false, ms: 0, detail, fix: null }];
  }
}

/** Where pages that upload most likely come from. */
function originOf({ PUBLIC_URL, API_HOST, API_PORT }: Config): string {
  return PUBLIC_URL && URL.canParse(PUBLIC_URL) ? new URL(PUBLIC_URL).origin : `http://${API_HOST}:${API_PORT}`;
}
