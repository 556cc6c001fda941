import type { Config } from '../../config.ts';
import { openDatabase } from '../../database/open-database.ts';
import { CatalogueError } from '../../errors/catalogue-error.ts';
import { jobs } from '../../jobs/index.ts';
import { announceReady, createClosers, onShutdown } from '../../lifecycle.ts';
import { createLog } from '../../log.ts';
import { connectQueues } from '../connect-queues.ts';
import { startRelay } from './run-relay.ts';

/** The relay's process: outbox to queue, reconciler, sweeper. Needs DATABASE_URL. Resolves when it is ready. */
export async function runRelay(config: Config): Promise<void> {
  const log = createLog({ level: config.LOG_LEVEL, name: 'relay' });
  const databaseUrl = config.DATABASE_URL;
  if (!databaseUrl) throw new CatalogueError('CONFIG_INVALID', 'the relay needs DATABASE_URL');
  const closers = createClosers();
  onShutdown(() => closers.closeAll());
  try {
    const database = await openDatabase({ url: databaseUrl, log });
    closers.push('database', () => database.close());
    const queues = await connectQueues({ redisUrl: config.REDIS_URL, databaseUrl, log });
    closers.push('queues', () => queues.close());
    const relay = await startRelay({
      database,
      queues,
      jobs,
      outboxPollMs: config.OUTBOX_POLL_MS,
      reconcileMs: config.RECONCILE_INTERVAL_MS,
      log,
    });
    closers.push('relay', () => relay.close());
  } catch (error) {
    await closers.closeAll();
    throw error;
  }
  announceReady();
  log.info({ queue: config.REDIS_URL ? 'redis' : 'postgres' }, 'relay ready');
}
