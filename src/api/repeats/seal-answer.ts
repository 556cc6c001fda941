import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const cipher = 'aes-256-gcm';
const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;

/** Who may open a kept answer: only somebody with the server's secret, and with the Idempotency-Key, of which we keep but a hash. */
export interface Seal {
  /** `signingKey` of REELMILL_SECRET. */
  key: Buffer;
  idempotencyKey: string;
  /** The request that it answers: the answer of another does not open. */
  fingerprint: string;
}

/**
 * An answer as it is kept: encrypted, base64. It can hold an API key, an upload token or a signed URL, of which the database otherwise
 * has hashes or nothing.
 */
export function sealAnswer(body: Buffer, seal: Seal): string {
  const nonce = randomBytes(nonceBytes);
  const sealing = createCipheriv(cipher, keyOf(seal), nonce).setAAD(Buffer.from(seal.fingerprint));
  const sealed = Buffer.concat([sealing.update(body), sealing.final()]);
  return Buffer.concat([nonce, sealing.getAuthTag(), sealed]).toString('base64');
}

/** What `sealAnswer` was given; null where it was sealed by another secret, or for another request. */
export function openAnswer(kept: string, seal: Seal): Buffer | null {
  const bytes = Buffer.from(kept, 'base64');
  try {
    const opening = createDecipheriv(cipher, keyOf(seal), bytes.subarray(0, nonceBytes))
      .setAAD(Buffer.from(seal.fingerprint))
      .setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
    return Buffer.concat([opening.update(bytes.subarray(nonceBytes + tagBytes)), opening.final()]);
  } catch {
    return null;
  }
}

const keyOf = ({ key, idempotencyKey }: Seal): Buffer =>
  Buffer.from(hkdfSync('sha256', key, idempotencyKey, 'kept answer', keyBytes));
