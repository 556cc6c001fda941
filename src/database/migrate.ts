import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { Logger } from '../log.ts';
import { connectError } from './connect-error.ts';
import {
  type Migration,
  type MigrationRecord,
  migrationsFolder,
  pendingMigrations,
  readMigrations,
} from './migrations.ts';

/** The lock that Prisma's own engine takes: it and we never migrate at once. */
const prismaLock = 72_707_369;
const lockTimeout = '60s';

/** As Prisma 7 makes it. */
const createRecords = `
  CREATE TABLE IF NOT EXISTS _prisma_migrations (
    id                  VARCHAR(36) PRIMARY KEY NOT NULL,
    checksum            VARCHAR(64) NOT NULL,
    finished_at         TIMESTAMPTZ,
    migration_name      VARCHAR(255) NOT NULL,
    logs                TEXT,
    rolled_back_at      TIMESTAMPTZ,
    started_at          TIMESTAMPTZ NOT NULL DEFAULT now(),
    applied_steps_count INTEGER NOT NULL DEFAULT 0
  )`;

/**
 * Applies the migrations that a database does not have yet, each in a transaction of its own, and records them as
 * Prisma does. Of several runners at once one works and the others wait. A migration that fails leaves nothing behind
 * but its record (rolled back, with the reason), and is tried again by the next run. Rejects with SERVICE_UNAVAILABLE
 * where Postgres cannot be reached, with CONFIG_INVALID where it refuses the role, the password or the database, or the history does not fit.
 */
export async function migrate(options: { url: string; log: Logger; folder?: string }): Promise<{ applied: string[] }> {
  const migrations = await readMigrations(options.folder ?? migrationsFolder);
  const client = new pg.Client({ connectionString: options.url, application_name: 'reelmill migrate' });
  client.on('error', (error) => options.log.warn({ err: error }, 'connection to Postgres lost'));
  await client.connect().catch((error: unknown) => {
    throw connectError(error, options.url);
  });
  try {
    await client.query(`SET lock_timeout = '${lockTimeout}'`);
    await client.query('SELECT pg_advisory_lock($1)', [prismaLock]);
    await client.query(createRecords);
    const { rows } = await client.query<MigrationRecord>(
      'SELECT migration_name, checksum, finished_at FROM _prisma_migrations WHERE rolled_back_at IS NULL',
    );
    const applied: string[] = [];
    for (const migration of pendingMigrations(migrations, rows)) {
      await apply(client, migration);
      options.log.info({ migration: migration.name }, 'migration applied');
      applied.push(migration.name);
    }
    return { applied };
  } finally {
    await client.end(); // releases the lock
  }
}

async function apply(client: pg.Client, { name, sql, checksum }: Migration): Promise<void> {
  const startedAt = new Date();
  try {
    await client.query('BEGIN');
    await client.query(sql);
    await client.query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
       VALUES ($1, $2, $3, $4, clock_timestamp(), 1)`,
      [randomUUID(), checksum, name, startedAt],
    );
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    await client.query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, rolled_back_at, logs)
       VALUES ($1, $2, $3, $4, clock_timestamp(), $5)`,
      [randomUUID(), checksum, name, startedAt, String(error)],
    );
    throw new Error(`migration ${name} failed and was rolled back`, { cause: error });
  }
}
