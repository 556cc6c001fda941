import { createHmac, timingSafeEqual } from 'node:crypto';
import { CatalogueError } from '../../errors/catalogue-error.ts';

/** What the path of a signed playback URL begins with: `~<expires>.<mac>`. No object key begins so. */
const pattern = /^~(?<expires>[1-9]\d{0,11})\.(?<mac>[A-Za-z0-9_-]{43})$/;

/** Whether a step of a path is meant as a token, good or bad. Pure. */
export const looksLikeToken = (step: string): boolean => step.startsWith('~');

/**
 * A token that plays one video, `~<expires>.<mac>`: unix seconds, and the HMAC-SHA256 of them and the video's id. It stands in the path, so
 * that the relative URLs of playlists carry it. Pure.
 */
export function playbackToken(videoId: string, expiresAt: Date, key: Buffer): string {
  const expires = String(Math.floor(expiresAt.getTime() / 1_000));
  return `~${expires}.${macOf(videoId, expires, key)}`;
}

/**
 * When a token ends. Throws SIGNATURE_INVALID where it was not made for this video with this key, SIGNATURE_EXPIRED where it was and its time
 * has passed. Pure.
 */
export function verifyToken(token: string, { videoId, key, now }: { videoId: string; key: Buffer; now: Date }): Date {
  const { expires = '0', mac = '' } = pattern.exec(token)?.groups ?? {};
  const given = Buffer.from(mac);
  const expected = Buffer.from(macOf(videoId, expires, key));
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw new CatalogueError('SIGNATURE_INVALID', 'This playback URL was not made for this video by this server.');
  }
  const expiresAt = new Date(Number(expires) * 1_000);
  if (expiresAt <= now) {
    throw new CatalogueError('SIGNATURE_EXPIRED', `This playback URL was valid until ${expiresAt.toISOString()}.`);
  }
  return expiresAt;
}

const macOf = (videoId: string, expires: string, key: Buffer): string =>
  createHmac('sha256', key).update(`${videoId}\n${expires}`).digest('base64url');
