import { createHmac, randomBytes } from 'node:crypto';
import type { Response } from 'express';

/** What `idempotency` leaves for `requestSecret`. */
export interface SecretSource {
  /** `signingKey` of REELMILL_SECRET, for this purpose alone. */
  key: Buffer;
  /** It is kept nowhere in clear: without it neither the database nor REELMILL_SECRET tells what was made. */
  idempotencyKey: string;
  seed: string;
}

/**
 * 32 bytes for a secret that a handler makes: the same whenever the same request with an Idempotency-Key is executed, random for every
 * request without one. The seed alone would not do: ids that clients see are made near it, and by the same counter.
 */
export function requestSecret(response: Response): Buffer {
  const source: SecretSource | undefined = response.locals.secretSource;
  return source ? secretBytes(source) : randomBytes(32);
}

/** HMAC-SHA256 over what tells this request from all others. Pure. */
export const secretBytes = ({ key, idempotencyKey, seed }: SecretSource): Buffer =>
  createHmac('sha256', key).update(`${seed}\n${idempotencyKey}`).digest();
