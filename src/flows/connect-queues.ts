import type { Logger } from '../log.ts';
import { connectPostgresQueues } from './connect-postgres.ts';
import { connectRedisQueues } from './connect-redis.ts';
import type { QueueConnection } from './queue-connection.ts';

export type { QueueConnection } from './queue-connection.ts';

/**
 * The queue: on Redis where there is a URL, else on BullMQ's Postgres backend in the same database (local mode only;
 * `requireProductionSettings` refuses it in production). Rejects with SERVICE_UNAVAILABLE where it cannot be reached: end the process then,
 * a backend that failed its first readiness never recovers.
 */
export function connectQueues(options: {
  redisUrl: string | undefined;
  databaseUrl: string;
  log: Logger;
  /** How long to wait for it, ms. */
  connectTimeoutMs?: number;
}): Promise<QueueConnection> {
  const { redisUrl, databaseUrl, log, connectTimeoutMs = 30_000 } = options;
  return redisUrl
    ? connectRedisQueues({ redisUrl, log, connectTimeoutMs })
    : connectPostgresQueues({ databaseUrl, log, connectTimeoutMs });
}
