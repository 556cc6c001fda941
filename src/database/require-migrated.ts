import { CatalogueError } from '../errors/catalogue-error.ts';
import type { Sql } from './client.ts';
import {
  type Migration,
  type MigrationRecord,
  migrationsFolder,
  pendingMigrations,
  readMigrations,
} from './migrations.ts';

let known: Promise<Migration[]> | undefined;

/**
 * Rejects with CONFIG_INVALID, and the way out, where a migration of this version is not applied. A database that a newer version has migrated
 * is fine. As the migrations of a build never change, their files are read once.
 */
export async function requireMigrated(sql: Sql): Promise<void> {
  known ??= readMigrations(migrationsFolder);
  const missing = pendingMigrations(await known, await readRecords(sql)).map(({ name }) => name);
  if (missing.length === 0) return;
  throw new CatalogueError(
    'CONFIG_INVALID',
    'the database lacks tables or columns of this version: run "reelmill migrate" first',
    { facts: { missing } },
  );
}

async function readRecords(sql: Sql): Promise<MigrationRecord[]> {
  try {
    return await sql<MigrationRecord>(
      'SELECT migration_name, checksum, finished_at FROM _prisma_migrations WHERE rolled_back_at IS NULL',
    );
  } catch (error) {
    // undefined_table: nobody has migrated it
    if (error instanceof Error && 'code' in error && error.code === '42P01') return [];
    throw error;
  }
}
