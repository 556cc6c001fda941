import { CatalogueError } from '../errors/catalogue-error.ts';

/** Where objects lie in S3: what `STORAGE_URL=s3://…` says. */
export interface S3Location {
  bucket: string;
  /** Before each key: empty, or with a slash at its end. */
  prefix: string;
  /** The bucket of `originals/…`. */
  originals: string;
  /** Empty for AWS itself. */
  endpoint: string | undefined;
  /** What browsers and other clients of signed URLs call the endpoint. */
  publicEndpoint: string | undefined;
  /** Without one the SDK looks for it, as it does for credentials. */
  region: string | undefined;
  /** `endpoint/bucket/key`, not `bucket.endpoint/key`. */
  pathStyle: boolean;
  /** Whether the vendor refuses a PUT with `If-None-Match: *` where the key is taken. */
  conditionalPut: boolean;
}

const known = ['endpoint', 'public-endpoint', 'region', 'originals', 'path-style', 'conditional-put'] as const;
/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const bucketPattern = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const prefixPattern = /^([A-Za-z0-9_][A-Za-z0-9._-]*\/)*$/;
const example = 's3://bucket/prefix?endpoint=https://s3.example.com&region=eu-central-1&originals=other-bucket';

/**
 * Reads `s3://bucket/prefix?endpoint=…&public-endpoint=…&region=…&originals=…&path-style=yes|no&conditional-put=yes|no`. Throws
 * CONFIG_INVALID, which names what is wrong and quotes nothing that could be a secret. Pure.
 */
export function parseS3Url(text: string): S3Location {
  if (!URL.canParse(text)) throw wrong(`not a URL; it looks like ${example}`);
  const url = new URL(text);
  if (url.protocol !== 's3:') throw wrong('not an s3:// URL');
  if (url.username || url.password) {
    throw wrong('credentials do not belong into it: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or use a role');
  }
  const stranger = [...url.searchParams.keys()].find((name) => !known.some((other) => other === name));
  if (stranger) throw wrong(`it takes ${known.join(', ')}; there is no "${stranger}"`);
  const option = (name: (typeof known)[number]) => url.searchParams.get(name)?.trim() || undefined;

  const endpoint = endpointOf('endpoint', option('endpoint'));
  const bucket = bucketOf('the bucket', decodeURIComponent(url.host));
  const path = url.pathname.replace(/^\/+|\/+$/g, '');
  const prefix = path ? `${path}/` : '';
  if (!prefixPattern.test(prefix))
    throw wrong('the prefix: steps of letters, digits and ._-, none beginning with a dot');
  return {
    bucket,
    prefix,
    originals: bucketOf('originals', option('originals') ?? bucket),
    endpoint,
    publicEndpoint: endpointOf('public-endpoint', option('public-endpoint')),
    region: option('region') ?? (endpoint ? 'us-east-1' : undefined),
    // Names of buckets below an endpoint of one's own need wildcards in DNS and in its certificate: few have them.
    pathStyle: yesOrNo('path-style', option('path-style')) ?? endpoint !== undefined,
    conditionalPut: yesOrNo('conditional-put', option('conditional-put')) ?? true,
  };
}

function bucketOf(name: string, text: string): string {
  if (!bucketPattern.test(text)) throw wrong(`${name}: 3 to 63 lower-case letters, digits, dots and hyphens`);
  return text;
}

function endpointOf(name: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !['http:', 'https:'].includes(url.protocol)) throw wrong(`${name}: http://host or https://host`);
  if (url.username || url.password || url.search || url.hash) throw wrong(`${name}: scheme, host and port only`);
  return url.href.replace(/\/+$/, '');
}

function yesOrNo(name: string, text: string | undefined): boolean | undefined {
  if (text === undefined) return undefined;
  if (text !== 'yes' && text !== 'no') throw wrong(`${name}: yes or no`);
  return text === 'yes';
}

const wrong = (words: string): CatalogueError => new CatalogueError('CONFIG_INVALID', `STORAGE_URL: ${words}`);
