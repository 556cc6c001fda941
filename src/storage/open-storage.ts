import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Config } from '../config.ts';
import { CatalogueError } from '../errors/catalogue-error.ts';
import { createFileStorage, type FileStorage } from './file-storage.ts';

/** The storage of the settings. Throws CONFIG_INVALID where STORAGE_URL is of no kind that we have, or there is no secret to sign with. */
export function openStorage(
  config: Pick<Config, 'STORAGE_URL' | 'REELMILL_HOME' | 'REELMILL_SECRET' | 'PUBLIC_URL' | 'API_HOST' | 'API_PORT'>,
): FileStorage {
  const { REELMILL_SECRET: secret, PUBLIC_URL: publicUrl = `http://${config.API_HOST}:${config.API_PORT}` } = config;
  if (!secret || secret.length < 32) {
    throw new CatalogueError('CONFIG_INVALID', 'REELMILL_SECRET: at least 32 characters, to sign URLs');
  }
  return createFileStorage({ root: storageRoot(config), publicUrl, secret });
}

function storageRoot({ STORAGE_URL, REELMILL_HOME }: Pick<Config, 'STORAGE_URL' | 'REELMILL_HOME'>): string {
  if (!STORAGE_URL) return join(REELMILL_HOME, 'storage');
  if (!STORAGE_URL.startsWith('file:///') || !URL.canParse(STORAGE_URL)) {
    throw new CatalogueError('CONFIG_INVALID', 'STORAGE_URL: only file:///folder works in this version');
  }
  return fileURLToPath(STORAGE_URL);
}
