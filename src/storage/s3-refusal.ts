import { ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import { s3ErrorName, s3Status } from './s3-errors.ts';
import type { S3Name } from './s3-place.ts';

/** With these S3 refuses a key, a signature, rights or a region, and says in the body which. */
const refusals = [301, 400, 401, 403];

/** Names that the SDK makes up where an answer has no body. */
const madeUp = ['Unknown', 'UnknownError'];

/**
 * Why S3 refused a HEAD, whose answer has no body: asks once for a list of the same place, which may be refused in words. Gives the error with
 * them; `error` itself where it says enough, or where the list says no more. Never rejects.
 */
export async function explainRefusal(client: S3Client, error: unknown, { Bucket, Key }: S3Name): Promise<unknown> {
  if (!isRefusal(error) || !madeUp.includes(s3ErrorName(error))) return error;
  try {
    await client.send(new ListObjectsV2Command({ Bucket, Prefix: Key, MaxKeys: 1 }));
    return error;
  } catch (explained) {
    return isRefusal(explained) ? explained : error;
  }
}

const isRefusal = (error: unknown): boolean => refusals.includes(s3Status(error) ?? 0);
