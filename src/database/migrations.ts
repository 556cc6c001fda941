import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { CatalogueError } from '../errors/catalogue-error.ts';

export const migrationsFolder = resolve(import.meta.dirname, '../../prisma/migrations');

export interface Migration {
  /** The folder's name: `20260131235959_init`. */
  name: string;
  sql: string;
  /** sha256 of the script, hex: as Prisma keeps it. */
  checksum: string;
}

/** A row of `_prisma_migrations` that was not rolled back. */
export interface MigrationRecord {
  migration_name: string;
  checksum: string;
  finished_at: Date | null;
}

/** The migrations of a folder, oldest first. */
export async function readMigrations(folder: string): Promise<Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names.sort().map(async (name) => {
      const sql = await readFile(join(folder, name, 'migration.sql'), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

/**
 * What is still to be applied. Rows of unknown migrations are no error: an older build may run on a newer database.
 * Throws CONFIG_INVALID where one was changed after it was applied, or stands half applied (by Prisma itself).
 */
export function pendingMigrations(migrations: Migration[], records: MigrationRecord[]): Migration[] {
  const applied = new Map(records.map((record) => [record.migration_name, record]));
  return migrations.filter(({ name, checksum }) => {
    const record = applied.get(name);
    if (!record) return true;
    if (!record.finished_at)
      throw new CatalogueError(
        'CONFIG_INVALID',
        `migration ${name} was begun and never finished: look at its row in _prisma_migrations, and at the tables it makes`,
      );
    if (record.checksum !== checksum) {
      throw new CatalogueError(
        'CONFIG_INVALID',
        `migration ${name} was changed after it had been applied: start the build that it came with, or restore the file`,
      );
    }
    return false;
  });
}
