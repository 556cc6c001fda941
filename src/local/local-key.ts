import type { ApiKeys } from '../database/api-keys.ts';
import { scopes } from '../database/scopes.ts';
import { keep, readKept } from './kept-secret.ts';

/**
 * The API key of local mode (creator "local", every scope), kept in the home and made where there is none, or where this
 * database does not know it.
 */
export async function localKey(file: string, keys: ApiKeys): Promise<string> {
  const kept = await readKept(file);
  if (kept && (await keys.owner(kept))) return kept;
  const key = await keys.create({ creatorId: 'local', plan: 'standard', scopes, name: 'local mode' });
  await keep(file, key);
  return key;
}
