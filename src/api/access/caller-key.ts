import type { Caller } from './auth.ts';

/**
 * What a caller's limits and idempotency keys are kept under: the first key of his key's rotations, so that they go on when it is rotated; of
 * upload tokens their video, as several tokens of it are one client. Pure.
 */
export const callerKey = ({ headId, onlyVideo }: Pick<Caller, 'headId' | 'onlyVideo'>): string => onlyVideo ?? headId;
