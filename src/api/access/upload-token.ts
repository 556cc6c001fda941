import { createHmac, timingSafeEqual } from 'node:crypto';
import { CatalogueError } from '../../errors/catalogue-error.ts';

/** What an upload token grants, and who answers for it. */
export interface UploadGrant {
  videoId: string;
  /** The key that made it: it ends with it. */
  keyId: string;
  expiresAt: Date;
}

/** No token is valid longer, s. */
export const longestUploadToken = 3_600;

const prefix = 'up_';
const pattern =
  /^up_(?<videoId>vid_[0-9a-z]{1,40})\.(?<keyId>key_[0-9a-z]{1,40})\.(?<expires>[1-9]\d{0,11})\.(?<mac>[\w-]{43})$/;

/** Whether a bearer token is meant as an upload token, good or bad. Pure. */
export const isUploadToken = (token: string): boolean => token.startsWith(prefix);

/** `up_<video>.<key>.<unix seconds>.<HMAC-SHA256 of all that, by a key for this purpose alone>`. Pure. */
export function uploadToken({ videoId, keyId, expiresAt }: UploadGrant, key: Buffer): string {
  const said = `${prefix}${videoId}.${keyId}.${Math.floor(expiresAt.getTime() / 1_000)}`;
  return `${said}.${macOf(said, key)}`;
}

/** What a token grants. Throws UNAUTHENTICATED where this server has not made it, and where its time has passed. Pure. */
export function readUploadToken(token: string, { key, now }: { key: Buffer; now: Date }): UploadGrant {
  const { videoId = '', keyId = '', expires = '0', mac = '' } = pattern.exec(token)?.groups ?? {};
  const given = Buffer.from(mac);
  const expected = Buffer.from(macOf(`${prefix}${videoId}.${keyId}.${expires}`, key));
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw new CatalogueError('UNAUTHENTICATED', 'The upload token was not made by this server, or not as it was sent.');
  }
  const expiresAt = new Date(Number(expires) * 1_000);
  if (expiresAt <= now) {
    const detail = `The upload token was valid until ${expiresAt.toISOString()}: ask for a fresh one with the API key.`;
    throw new CatalogueError('UNAUTHENTICATED', detail);
  }
  return { videoId, keyId, expiresAt };
}

const macOf = (said: string, key: Buffer): string => createHmac('sha256', key).update(said).digest('base64url');
