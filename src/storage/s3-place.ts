import { checkedKey } from './object-paths.ts';
import type { S3Location } from './s3-location.ts';

/** An object of a bucket, as requests name it. */
export interface S3Name {
  Bucket: string;
  Key: string;
}

const originalsPrefix = 'originals/';

/** True for what is never removed here, and may lie in a bucket of its own. */
export const isOriginal = (key: string): boolean => key.startsWith(originalsPrefix);

/** Where an object of a key lies. Throws REQUEST_MALFORMED for one that our layout never makes. Pure. */
export const nameOf = (location: S3Location, key: string): S3Name => ({
  Bucket: isOriginal(key) ? location.originals : location.bucket,
  Key: `${location.prefix}${checkedKey(key)}`,
});

/** The buckets in which keys of a prefix may lie. Pure. */
export function bucketsOf({ bucket, originals }: S3Location, prefix: string): string[] {
  if (bucket === originals) return [bucket];
  if (isOriginal(prefix)) return [originals];
  return originalsPrefix.startsWith(prefix) ? [bucket, originals] : [bucket];
}
