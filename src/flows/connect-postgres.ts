import { createPostgresBackend, runMigrations } from 'bullmq';
import pg from 'pg';
import { CatalogueError } from '../errors/catalogue-error.ts';
import type { Logger } from '../log.ts';
import { openQueues } from './open-queues.ts';
import type { QueueConnection } from './queue-connection.ts';

/** BullMQ's name for it; a pool that is handed to BullMQ must use just this one. */
const schema = 'bullmq';

/** The queue in Postgres, by BullMQ's own backend: for local mode, and with a guard for each fault that was seen. */
export async function connectPostgresQueues(options: {
  databaseUrl: string;
  log: Logger;
  connectTimeoutMs: number;
}): Promise<QueueConnection> {
  const { databaseUrl, log, connectTimeoutMs } = options;
  await migrateQueues(databaseUrl, Date.now() + connectTimeoutMs);
  // One pool a process: four processes with pools of BullMQ's own reach Postgres' limit of 100 connections.
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: 12,
    keepAlive: true,
    options: `-c search_path=${schema}`,
    application_name: 'reelmill-queue',
  });
  pool.setMaxListeners(0); // every queue and worker listens on it
  pool.on('error', (error) => log.warn({ err: error }, 'queue database connection'));

  try {
    return await openQueues({
      backend: 'postgres',
      factory: (name, options, kind) => createPostgresBackend(name, { ...options, connection: pool }, kind),
      producer: { connection: {} },
      worker: { connection: {} },
      // A database error in the moment of completing turns a finished job into a failed attempt: short locks only add to that.
      leastLockMs: 30_000,
      log,
      ping: async () => void (await pool.query('SELECT 1')),
      closeConnection: () => pool.end(),
    });
  } catch (error) {
    await pool.end();
    throw error;
  }
}

/**
 * Waits for Postgres by plain pg, then migrates. No BullMQ object is made before: one that fails its first readiness
 * remembers that for ever, and its worker spins at 100 % CPU.
 */
async function migrateQueues(databaseUrl: string, deadline: number): Promise<void> {
  for (;;) {
    const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 5_000 });
    client.on('error', () => {}); // the query that is under way rejects with it
    try {
      await client.connect();
      await client.query('SELECT 1');
      await runMigrations(client, schema);
      return;
    } catch (error) {
      if (Date.now() > deadline) {
        throw new CatalogueError('SERVICE_UNAVAILABLE', 'the queue in Postgres cannot be opened', { cause: error });
      }
      await new Promise((resolve) => setTimeout(resolve, 500));
    } finally {
      await client.end().catch(() => {});
    }
  }
}
