import type { Config } from '../config.ts';
import type { Database } from '../database/database.ts';
import { openDatabase } from '../database/open-database.ts';
import { CatalogueError } from '../errors/catalogue-error.ts';
import { announceReady, type Closers, createClosers, onShutdown } from '../lifecycle.ts';
import { consoleToLog, type Logger } from '../log.ts';
import { connectQueues } from './connect-queues.ts';
import type { QueueConnection } from './queue-connection.ts';

/** What every process of the product has open. `closers` takes what is opened on top of it. */
export interface ProcessBase {
  database: Database;
  queues: QueueConnection;
  closers: Closers;
}

/**
 * Starts a process of the product: opens database and queues, then what `open` adds, and announces the facts that `open` gives.
 * Everything is closed, last opened first, at SIGTERM, and where the start fails. Rejects with CONFIG_INVALID where no
 * DATABASE_URL is set, or its database is not migrated to this version.
 */
export async function startProcess(
  config: Config,
  log: Logger,
  open: (base: ProcessBase) => Promise<Record<string, unknown>>,
): Promise<void> {
  const databaseUrl = config.DATABASE_URL;
  if (!databaseUrl) throw new CatalogueError('CONFIG_INVALID', 'DATABASE_URL: must be set for this process');
  consoleToLog(log);
  const closers = createClosers();
  onShutdown(() => closers.closeAll());
  try {
    const database = await openDatabase({ url: databaseUrl, log });
    closers.push('database', () => database.close());
    await database.requireMigrated();
    const queues = await connectQueues({ redisUrl: config.REDIS_URL, databaseUrl, log });
    closers.push('queues', () => queues.close());
    const facts = await open({ database, queues, closers });
    log.info(facts, 'ready');
    announceReady(facts);
  } catch (error) {
    await closers.closeAll();
    throw error;
  }
}
