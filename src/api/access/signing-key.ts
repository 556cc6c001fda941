import { hkdfSync } from 'node:crypto';

/**
 * A key for one purpose, 32 bytes, from REELMILL_SECRET (HKDF-SHA256, RFC 5869): what is signed for one purpose is worth nothing for another,
 * and a key that is handed to somebody (a CDN that checks playback itself) tells nothing of the secret. Pure.
 */
export const signingKey = (
  secret: string,
  purpose: 'playback' | 'upload-token' | 'cursor' | 'kept-answer' | 'made-secret',
): Buffer => Buffer.from(hkdfSync('sha256', secret, '', `reelmill ${purpose}`, 32));
