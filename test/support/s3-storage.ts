import { type S3Patience, standardPatience } from '../../src/storage/s3-client.ts';
import { parseS3Url } from '../../src/storage/s3-location.ts';
import { createS3Storage } from '../../src/storage/s3-storage.ts';
import type { Storage } from '../../src/storage/storage.ts';
import type { Swift } from './swift.ts';

export interface S3Options {
  /** Of the objects; a new one unless it is said. */
  bucket?: string;
  /** More of STORAGE_URL's query. */
  more?: Record<string, string>;
  /** Below the bucket, with no slash. */
  prefix?: string;
  /** Of the product to a server of tests: a proxy before it, for instance. */
  endpoint?: string;
  patience?: Partial<S3Patience>;
}

/** The URL of a place on the server. */
export function storageUrl(
  swift: Swift,
  bucket: string,
  { more, prefix = 'a/prefix', endpoint }: S3Options = {},
): string {
  const query = new URLSearchParams({ endpoint: endpoint ?? swift.url, region: swift.region, ...more });
  return `s3://${bucket}/${prefix}?${query}`;
}

/** The driver on a bucket of its own. Its credentials are in the environment of this process from then on. */
export async function s3On(swift: Swift, options: S3Options = {}): Promise<Storage> {
  Object.assign(process.env, swift.environment);
  const url = storageUrl(swift, options.bucket ?? (await swift.bucket()), options);
  return createS3Storage(parseS3Url(url), { ...standardPatience, ...options.patience });
}
