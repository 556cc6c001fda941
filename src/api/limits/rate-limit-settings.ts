import type { Config } from '../../config.ts';
import type { RateLimitName } from '../operation.ts';

/** The most requests a minute of each kind; 0: no limit. */
export type RateLimitSettings = Record<RateLimitName | 'address' | 'authFailures', number>;

/** The settings RATE_LIMIT_…. Pure. */
export const rateLimitSettings = (config: Config): RateLimitSettings => ({
  create: config.RATE_LIMIT_CREATE,
  presign: config.RATE_LIMIT_PRESIGN,
  write: config.RATE_LIMIT_WRITE,
  read: config.RATE_LIMIT_READ,
  address: config.RATE_LIMIT_ADDRESS,
  authFailures: config.RATE_LIMIT_AUTH_FAILURES,
});
