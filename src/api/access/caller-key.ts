import type { Caller } from './auth.ts';

/** What a caller's limits and idempotency keys are kept under: his key; of upload tokens their video, as several tokens of it are one client. Pure. */
export const callerKey = ({ keyId, onlyVideo }: Caller): string => onlyVideo ?? keyId;
