import { GetObjectCommand, type S3Client, UploadPartCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { checkPartNumber } from './check-part-number.ts';
import { s3Error } from './s3-errors.ts';
import type { S3Location } from './s3-location.ts';
import { nameOf } from './s3-place.ts';
import type { PartGrant } from './storage.ts';

/** The longest that signature version 4 knows, s. https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html */
export const longestSignatureSeconds = 7 * 24 * 3_600;

/** URLs that carry a signature. Nothing is sent for them: only the credentials must be there. */
export function s3Signing(location: S3Location, signer: S3Client) {
  const sign = async (expiresAt: Date, by: (options: SignOptions) => Promise<string>): Promise<string> => {
    try {
      return await by(lifeUntil(expiresAt, new Date()));
    } catch (error) {
      throw s3Error(error, 'signing a URL');
    }
  };
  return {
    /** The length of the part is signed: its PUT has exactly `mostBytes`. S3 knows no upper bound. */
    part: ({ key, uploadId, partNumber, mostBytes, expiresAt }: PartGrant): Promise<string> => {
      const part = { UploadId: uploadId, PartNumber: checkPartNumber(partNumber), ContentLength: mostBytes };
      const command = new UploadPartCommand({ ...nameOf(location, key), ...part });
      return sign(expiresAt, (options) => getSignedUrl(signer, command, options));
    },
    get: (key: string, expiresAt: Date): Promise<string> => {
      const command = new GetObjectCommand(nameOf(location, key));
      return sign(expiresAt, (options) => getSignedUrl(signer, command, options));
    },
  };
}

interface SignOptions {
  signingDate: Date;
  /** s */
  expiresIn: number;
}

/** When it was signed and for how many seconds, so that it ends at `expiresAt`, also where that has passed. Pure. */
export function lifeUntil(expiresAt: Date, now: Date): SignOptions {
  const left = Math.ceil((expiresAt.getTime() - now.getTime()) / 1_000);
  const expiresIn = Math.min(Math.max(left, 1), longestSignatureSeconds);
  const signingDate = left >= 1 ? now : new Date(expiresAt.getTime() - expiresIn * 1_000);
  return { signingDate, expiresIn };
}
