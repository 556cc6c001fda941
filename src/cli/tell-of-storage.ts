import type { Config } from '../config.ts';
import { findStorage } from '../local/storage-state.ts';
import { storagePlace } from '../storage/open-storage.ts';
import { proofWords } from './doctor.ts';
import type { Output } from './output.ts';

/** Says what S3 refuses, and what to do: every video would fail of it. Of a folder, its start tells. Never rejects. */
export async function tellOfStorage(config: Config, { say }: Pick<Output, 'say'>): Promise<void> {
  if (storagePlace(config).kind !== 's3') return;
  for (const proof of await findStorage(config)) if (!proof.ok) say(proofWords(proof));
}
