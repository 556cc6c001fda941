// Writes a migration for what has changed in prisma/schema.prisma: `npm run migration -- <name>`. Needs no database.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { diffSchemas } from './schema-engine.ts';

const prisma = resolve(import.meta.dirname, '../prisma');
/** The schema that all migrations together make: the next migration begins there. */
export const lastSchemaPath = join(prisma, 'migrations/last-schema.prisma');
export const schemaPath = join(prisma, 'schema.prisma');

/** `20260131235959_add_tiers` */
function migrationFolder(name: string, now: Date): string {
  const stamp = now.toISOString().replace(/\D/g, '').slice(0, 14);
  return `${stamp}_${name.toLowerCase().replace(/[^a-z0-9]+/g, '_')}`;
}

async function writeMigration(name: string): Promise<string> {
  const schema = readFileSync(schemaPath, 'utf8');
  const last = existsSync(lastSchemaPath) ? readFileSync(lastSchemaPath, 'utf8') : null;
  const sql = await diffSchemas(last, schema);
  if (sql === null) return 'The schema has not changed: nothing was written.';

  const folder = join(prisma, 'migrations', migrationFolder(name, new Date()));
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'migration.sql'), sql);
  writeFileSync(join(prisma, 'migrations/migration_lock.toml'), 'provider = "postgresql"\n');
  writeFileSync(lastSchemaPath, schema);
  return `Wrote ${folder}/migration.sql: read it before you commit it. Then run: node scripts/generate-prisma-client.mjs`;
}

if (process.argv[1] === import.meta.filename) {
  const name = process.argv[2];
  if (!name) {
    console.error('Usage: npm run migration -- <name>');
    process.exitCode = 2;
  } else {
    console.log(await writeMigration(name));
  }
}
