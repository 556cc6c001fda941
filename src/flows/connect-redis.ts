import { createRedisBackend } from 'bullmq';
import { Redis } from 'ioredis';
import { CatalogueError } from '../errors/catalogue-error.ts';
import type { Logger } from '../log.ts';
import { openQueues } from './open-queues.ts';
import type { QueueConnection } from './queue-connection.ts';
import { riskySettings } from './redis-settings.ts';
import { within } from './time-out.ts';

/** One hash tag for every queue: the jobs of a flow lie in several of them. */
const prefix = '{reelmill}';

/** The queue on Redis. */
export async function connectRedisQueues(options: {
  redisUrl: string;
  log: Logger;
  connectTimeoutMs: number;
}): Promise<QueueConnection> {
  const { redisUrl, log, connectTimeoutMs } = options;
  // Fails at once while Redis is away, instead of keeping the caller waiting; and a Redis that hangs is given up on.
  const client = new Redis(redisUrl, { enableOfflineQueue: false, maxRetriesPerRequest: 1, commandTimeout: 5_000 });
  client.on('error', (error) => log.warn({ err: error }, 'redis connection'));
  try {
    await within(connectTimeoutMs, 'connecting to Redis', ready(client));
    await warnOfSettings(client, log);
  } catch (error) {
    client.disconnect();
    throw error instanceof CatalogueError
      ? error
      : new CatalogueError('SERVICE_UNAVAILABLE', 'Redis cannot be used', { cause: error });
  }
  return openQueues({
    backend: 'redis',
    factory: createRedisBackend,
    producer: { connection: client, prefix, skipWaitingForReady: true },
    // A worker waits for Redis as long as it takes, on connections of its own.
    worker: { connection: { url: redisUrl, maxRetriesPerRequest: null }, prefix },
    leastLockMs: 0,
    log,
    ping: async () => void (await client.ping()),
    closeConnection: async () => client.disconnect(),
  });
}

function ready(client: Redis): Promise<void> {
  return client.status === 'ready' ? Promise.resolve() : new Promise((resolve) => client.once('ready', resolve));
}

async function warnOfSettings(client: Redis, log: Logger): Promise<void> {
  for (const { words, fix } of riskySettings(await client.info())) log.warn({ fix }, words);
}
