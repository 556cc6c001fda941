/** Signed URLs are refused by S3 where clocks differ by 15 minutes; before that they end too early or too late. */
const mostSkewSeconds = 60;

const fixes: [codes: string[], fix: string][] = [
  [['SignatureDoesNotMatch'], 'AWS_SECRET_ACCESS_KEY is not the secret of AWS_ACCESS_KEY_ID: set both again.'],
  [
    ['InvalidAccessKeyId'],
    'There is no access key of this id: correct AWS_ACCESS_KEY_ID, or the endpoint in STORAGE_URL.',
  ],
  [['CredentialsProviderError'], 'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give the machine a role.'],
  [
    ['ExpiredToken', 'ExpiredTokenException', 'InvalidToken'],
    'The session is over: take new credentials (AWS_SESSION_TOKEN).',
  ],
  [
    ['NoSuchBucket', 'InvalidBucketName'],
    'Make the bucket, or correct its name in STORAGE_URL (the bucket itself, and originals=).',
  ],
  [
    ['AccessDenied', 'Forbidden'],
    'Give this access key the rights of the policy in docs/storage/ (of a wrong key or secret some vendors say no more than this).',
  ],
  [
    ['Unauthorized'],
    'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to a key of this storage, or correct its endpoint in STORAGE_URL.',
  ],
  [['RequestTimeTooSkewed', 'RequestExpired'], 'Set the clock of this machine (NTP).'],
  [
    ['PermanentRedirect', 'AuthorizationHeaderMalformed', 'IllegalLocationConstraintException', 'InvalidRegionName'],
    'The bucket is in another region: set region= in STORAGE_URL.',
  ],
  [['NotImplemented'], 'This vendor lacks what we need: see docs/storage/ for those that have it.'],
  [['ECONNREFUSED'], 'Nothing listens there: start the storage, or correct endpoint= in STORAGE_URL.'],
  [
    ['ENOTFOUND', 'EAI_AGAIN'],
    'No such host: correct endpoint= in STORAGE_URL; with names of buckets in it, try path-style=yes.',
  ],
  [
    ['ETIMEDOUT', 'TimeoutError', 'ECONNRESET', 'EHOSTUNREACH', 'ENETUNREACH'],
    'The network or a firewall swallows it, or something else listens there: check endpoint= in STORAGE_URL from this machine.',
  ],
  [
    ['EPROTO', 'ERR_SSL_WRONG_VERSION_NUMBER'],
    'It speaks no TLS: endpoint=http://… in STORAGE_URL, or give it a certificate.',
  ],
  [
    ['SELF_SIGNED_CERT_IN_CHAIN', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'CERT_HAS_EXPIRED'],
    'Its certificate is not trusted here: NODE_EXTRA_CA_CERTS=/path/of/your/ca.pem.',
  ],
];

/** What S3 says where a setting is wrong: whoever asks again is told the same, until somebody mends it. */
const lasting = [
  ...['SignatureDoesNotMatch', 'InvalidAccessKeyId', 'NoSuchBucket', 'InvalidBucketName'],
  ...['PermanentRedirect', 'AuthorizationHeaderMalformed', 'IllegalLocationConstraintException', 'InvalidRegionName'],
];
/** What it says as well where a setting is wrong, and where something passes: rights that have not spread yet, a session that is just renewed. */
const lastingAtStart = [
  ...['AccessDenied', 'Forbidden', 'Unauthorized'],
  ...['ExpiredToken', 'ExpiredTokenException', 'InvalidToken'],
];

/** What to do about an error code of S3 that no retry mends; null for others. `atStart`: of the first request of a process. Pure. */
export const settingFix = (code: string, { atStart = false } = {}): string | null =>
  lasting.includes(code) || (atStart && lastingAtStart.includes(code)) ? storageFix(code) : null;

/** What to do about an error code of S3, or of the connection to it; null where nothing can be said. Pure. */
export const storageFix = (code: string): string | null => fixes.find(([codes]) => codes.includes(code))?.[1] ?? null;

/** The code in S3's error document; empty where there is none. Pure. */
export const s3CodeOf = (xml: string): string => /<Code>([A-Za-z0-9.]{1,80})<\/Code>/.exec(xml)?.[1] ?? '';

/** How far our clock is from that of an answer, in words; null where that does no harm. Pure. */
export function skewWords(date: string | null, now: Date): string | null {
  const seconds = Math.round((now.getTime() - Date.parse(date ?? '')) / 1_000);
  if (Number.isNaN(seconds) || Math.abs(seconds) <= mostSkewSeconds) return null;
  return `The clock here is ${Math.abs(seconds)} s ${seconds > 0 ? 'ahead of' : 'behind'} the storage's: set it (NTP), or signed URLs are refused.`;
}

/** What keeps pages of an origin from uploading; null where nothing does. `preflight` and `put`: headers of the answers to them. Pure. */
export function corsWords(preflight: Headers, put: Headers, origin: string): string | null {
  const fix = 'apply the CORS rules of docs/storage/';
  const allows = (headers: Headers) => ['*', origin].includes(headers.get('access-control-allow-origin') ?? '');
  if (!allows(preflight) || !allows(put)) return `Browsers cannot upload from ${origin}: ${fix}.`;
  const exposed = put.get('access-control-expose-headers') ?? '';
  return /\*|\betag\b/i.test(exposed) ? null : `Pages cannot read the ETags of the parts that they send: ${fix}.`;
}
