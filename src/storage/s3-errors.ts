import { S3ServiceException } from '@aws-sdk/client-s3';
import { CatalogueError } from '../errors/catalogue-error.ts';
import { settingFix, storageFix } from './storage-fix.ts';

const missing = ['NoSuchKey', 'NotFound', 'NoSuchUpload'];
const wrongParts = ['InvalidPart', 'InvalidPartOrder', 'EntityTooSmall', 'EntityTooLarge'];

/** What S3 answered: its error code, or the name of what went wrong on the way to it. */
export const s3ErrorName = (error: unknown): string => (error instanceof Error ? error.name : 'Error');

/** The HTTP status of S3's answer; null where there was none. */
export const s3Status = (error: unknown): number | null =>
  error instanceof S3ServiceException ? (error.$metadata.httpStatusCode ?? null) : null;

/** True where the bucket is not the problem, and the object or the upload is not there. */
export const isMissingInS3 = (error: unknown): boolean =>
  missing.includes(s3ErrorName(error)) || (s3Status(error) === 404 && s3ErrorName(error) !== 'NoSuchBucket');

/**
 * An error of the SDK as one of the catalogue: NOT_FOUND, UPLOAD_PARTS_INVALID, CONFIG_INVALID where no credentials or region can be
 * found or S3 refuses a setting (its `operatorFix` names the setting: the detail goes to users too), else SERVICE_UNAVAILABLE. `facts.s3` has
 * S3's own code. `doing`: with which thing.
 */
export function s3Error(error: unknown, doing: string): CatalogueError {
  if (error instanceof CatalogueError) return error;
  const name = s3ErrorName(error);
  const options = { cause: error, facts: { s3: codeOf(error), status: s3Status(error) } };
  if (isMissingInS3(error)) return new CatalogueError('NOT_FOUND', `${doing}: it is not there`, options);
  if (wrongParts.includes(name)) return new CatalogueError('UPLOAD_PARTS_INVALID', `${doing}: ${name}`, options);
  if (name === 'CredentialsProviderError') {
    return new CatalogueError('CONFIG_INVALID', 'no credentials for the storage are found', {
      ...options,
      operatorFix: storageFix(name) ?? undefined,
    });
  }
  if (error instanceof Error && error.message === 'Region is missing') {
    const operatorFix = 'Say region=… in STORAGE_URL, or set AWS_REGION.';
    return new CatalogueError('CONFIG_INVALID', 'no region of the storage is known', { ...options, operatorFix });
  }
  const found = `${doing}: ${wordsOf(error)}`;
  const operatorFix = settingFix(name);
  if (!operatorFix) return new CatalogueError('SERVICE_UNAVAILABLE', found, options);
  return new CatalogueError('CONFIG_INVALID', found, { ...options, operatorFix });
}

/** S3's own words may hold access keys: they stay in the cause. */
function wordsOf(error: unknown): string {
  const status = s3Status(error);
  return status === null
    ? `storage does not answer (${codeOf(error)})`
    : `storage answers ${codeOf(error)} (${status})`;
}

/** What S3 answered; else what the connection met. */
function codeOf(error: unknown): string {
  if (s3Status(error) !== null || !(error instanceof Error)) return s3ErrorName(error);
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
