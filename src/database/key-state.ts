import { CatalogueError } from '../errors/catalogue-error.ts';
import type { KeyRow } from './api-keys.ts';

export const keyStates = ['valid', 'ending', 'expired', 'revoked'] as const;
export type KeyState = (typeof keyStates)[number];

type Times = Pick<KeyRow, 'revokedAt' | 'expiresAt' | 'successorId'>;

/** What a key is worth at a time; `ending`: rotated, and valid until the overlap ends. Pure. */
export function keyState({ revokedAt, expiresAt, successorId }: Times, now: Date): KeyState {
  if (revokedAt) return 'revoked';
  if (expiresAt && expiresAt <= now) return 'expired';
  return successorId ? 'ending' : 'valid';
}

/** Whether without this key nobody is left of those that are valid and have the scope admin. One that was rotated is on its way out: it does not count. Pure. */
export const isLastAdmin = (id: string, admins: readonly { id: string; replaced: boolean }[]): boolean =>
  admins.some((key) => key.id === id) && !admins.some((key) => key.id !== id && !key.replaced);

/** Throws KEY_CONFLICT where a key has ended, or has a successor that has not. Pure. */
export function refuseRotation(key: KeyRow, successor: KeyRow | null, now: Date): void {
  const state = keyState(key, now);
  if (state === 'revoked' || state === 'expired') {
    throw new CatalogueError('KEY_CONFLICT', `${key.id} is ${state}: make a new key.`);
  }
  if (successor && ['valid', 'ending'].includes(keyState(successor, now))) {
    throw new CatalogueError('KEY_CONFLICT', `${key.id} was rotated already: rotate ${successor.id}, its successor.`);
  }
}

/** RFC 3339 writes no later one. */
export const lastTime = new Date('9999-12-31T23:59:59.999Z');

/** A key that was made for 30 days has a successor for 30 days; one without an end has one without an end. Pure. */
export const endOfSuccessor = ({ createdAt, expiresAt }: KeyRow, now: Date): Date | null =>
  expiresAt && new Date(Math.min(lastTime.getTime(), now.getTime() + expiresAt.getTime() - createdAt.getTime()));
