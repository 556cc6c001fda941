import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Config } from '../config.ts';
import { CatalogueError } from '../errors/catalogue-error.ts';
import { createFileStorage, type FileStorage } from './file-storage.ts';
import { parseS3Url } from './s3-location.ts';
import type { Storage } from './storage.ts';

type Settings = Pick<
  Config,
  'STORAGE_URL' | 'REELMILL_HOME' | 'REELMILL_SECRET' | 'PUBLIC_URL' | 'API_HOST' | 'API_PORT' | 'UPLOAD_URL_SECONDS'
>;

/** Signature version 4 knows no longer life. https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html */
const longestS3UrlSeconds = 7 * 24 * 3_600;

/**
 * The storage of the settings: a folder, or S3. Rejects with CONFIG_INVALID where STORAGE_URL is of no kind that we have, a folder has no
 * secret to sign with, or URLs would live longer than S3 lets them. What S3 itself says is found out by the first request.
 */
export async function openStorage(config: Settings): Promise<Storage> {
  const place = storagePlace(config);
  if (place.kind === 'file') return openFolder(place.root, config);
  const location = parseS3Url(place.url);
  if (config.UPLOAD_URL_SECONDS > longestS3UrlSeconds) {
    throw new CatalogueError('CONFIG_INVALID', `UPLOAD_URL_SECONDS: at most ${longestS3UrlSeconds} in S3 (7 days)`);
  }
  // A quarter of a second of loading that a folder can do without.
  const { createS3Storage } = await import('./s3-storage.ts');
  return createS3Storage(location);
}

/** True for the driver whose signed URLs lead to the API. */
export const isFileStorage = (storage: Storage): storage is FileStorage => 'acceptPart' in storage;

/** Which storage STORAGE_URL means. Throws CONFIG_INVALID for what is neither a folder nor S3. Pure. */
export function storagePlace({
  STORAGE_URL: url,
  REELMILL_HOME,
}: Pick<Config, 'STORAGE_URL' | 'REELMILL_HOME'>): { kind: 'file'; root: string } | { kind: 's3'; url: string } {
  if (!url) return { kind: 'file', root: join(REELMILL_HOME, 'storage') };
  if (/^s3:/i.test(url)) return { kind: 's3', url };
  if (!url.startsWith('file:///') || !URL.canParse(url)) {
    throw new CatalogueError('CONFIG_INVALID', 'STORAGE_URL: file:///folder or s3://bucket/prefix');
  }
  return { kind: 'file', root: fileURLToPath(url) };
}

function openFolder(root: string, config: Settings): FileStorage {
  const { REELMILL_SECRET: secret, PUBLIC_URL: publicUrl = `http://${config.API_HOST}:${config.API_PORT}` } = config;
  if (!secret || secret.length < 32) {
    throw new CatalogueError('CONFIG_INVALID', 'REELMILL_SECRET: at least 32 characters, to sign URLs');
  }
  return createFileStorage({ root, publicUrl, secret });
}
