import type { Config } from '../config.ts';
import { CatalogueError, toCatalogueError } from '../errors/catalogue-error.ts';
import { storagePlace } from './open-storage.ts';
import { parseS3Url } from './s3-location.ts';
import { settingFix } from './storage-fix.ts';

/** One question, soon answered or not: a start does not wait for a storage that is away. */
const impatience = { connectMs: 3_000, idleMs: 5_000, attempts: 1 };

/**
 * Rejects with CONFIG_INVALID, and the setting to mend as its `operatorFix`, where S3 refuses what this process would do: by its key, secret, rights or region, or
 * because a bucket is not there. Asks for a list of nothing in both buckets, which every process may have (docs/storage/). Resolves where S3 does not
 * answer, or has trouble of its own: that may pass. A folder is made by the first start.
 */
export async function requireStorage(config: Pick<Config, 'STORAGE_URL' | 'REELMILL_HOME'>): Promise<void> {
  const place = storagePlace(config);
  if (place.kind === 'file') return;
  const location = parseS3Url(place.url);
  const { createS3Storage } = await import('./s3-storage.ts');
  const storage = createS3Storage(location, impatience);
  const ask = async (bucket: string, prefix: string): Promise<CatalogueError | null> => {
    try {
      for await (const _ of storage.list(prefix)) break;
      return null;
    } catch (error) {
      return refusal(bucket, toCatalogueError(error));
    }
  };
  const answers = await Promise.all([
    ask(location.bucket, 'health/start/'),
    ask(location.originals, 'originals/start/'),
  ]);
  for (const refused of answers) if (refused) throw refused;
}

function refusal(bucket: string, error: CatalogueError): CatalogueError | null {
  const { s3, status } = error.facts;
  const operatorFix = settingFix(String(s3), { atStart: true });
  if (operatorFix) {
    const words = `STORAGE_URL: asked for a list of the bucket ${bucket}, storage answers ${s3} (${status})`;
    return new CatalogueError('CONFIG_INVALID', words, { cause: error, facts: error.facts, operatorFix });
  }
  return error.code === 'CONFIG_INVALID' ? error : null;
}
