import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { PrismaPg } from '@prisma/adapter-pg';
import {
  bindMigrationAwareSqlAdapterFactory,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils';
import type { MigrationList, SchemaEngine } from '@prisma/schema-engine-wasm/schema_engine_bg';

/**
 * SQL that turns the tables of one schema (the text of a schema.prisma; null: an empty database) into those of
 * another; null where they agree. Needs no database.
 */
export async function diffSchemas(from: string | null, to: string): Promise<string | null> {
  using engine = await startEngine(noDatabase);
  const { exitCode, stdout } = await engine.diff({
    from: from === null ? { tag: 'empty' } : { tag: 'schemaDatamodel', ...files(from) },
    to: { tag: 'schemaDatamodel', ...files(to) },
    script: true,
    exitCode: true,
    filters: everything,
  });
  return exitCode === 0 ? null : stdout;
}

/** SQL that would turn a real database into what a schema says; null where there is no drift. */
export async function driftOf(url: string, schema: string): Promise<string | null> {
  using engine = await startEngine(new PrismaPg(url));
  const { exitCode, stdout } = await engine.diff({
    from: { tag: 'schemaDatasource', ...files(schema), configDir: '.' },
    to: { tag: 'schemaDatamodel', ...files(schema) },
    script: true,
    exitCode: true,
    filters: everything,
  });
  return exitCode === 0 ? null : stdout;
}

/** What Prisma itself makes of a database's `_prisma_migrations`, and which migrations it would still apply. */
export async function diagnoseMigrations(url: string, migrationsList: MigrationList) {
  using engine = await startEngine(new PrismaPg(url));
  const history = await engine.diagnoseMigrationHistory({
    migrationsList,
    optInToShadowDatabase: false,
    filters: everything,
  });
  const { appliedMigrationNames } = await engine.applyMigrations({ migrationsList, filters: everything });
  return { ...history, appliedMigrationNames };
}

const everything = { externalTables: [], externalEnums: [] };
const files = (schema: string) => ({ files: [{ path: 'schema.prisma', content: schema }] });

/** Loads the WebAssembly by hand: Node 20 cannot import it as a module, and the package has no other way in. */
async function startEngine(factory: SqlMigrationAwareDriverAdapterFactory): Promise<SchemaEngine> {
  const module = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  const bindings = await import('@prisma/schema-engine-wasm/schema_engine_bg');
  const bytes = await readFile(join(dirname(module), 'schema_engine_bg.wasm'));
  const { instance } = await WebAssembly.instantiate(bytes, { './schema_engine_bg.js': { ...bindings } });
  bindings.__wbg_set_wasm(instance.exports);
  if (typeof instance.exports.__wbindgen_start === 'function') instance.exports.__wbindgen_start();
  return bindings.SchemaEngine.new({ datamodels: undefined }, () => {}, bindMigrationAwareSqlAdapterFactory(factory));
}

const noRows = { columnNames: [], columnTypes: [], rows: [] };
/** The engine asks for a connection even where it compares two texts: this one answers with nothing. */
const idle: SqlDriverAdapter = {
  provider: 'postgres',
  adapterName: 'none',
  queryRaw: async () => noRows,
  executeRaw: async () => 0,
  executeScript: async () => {},
  startTransaction: async () => {
    throw new Error('there is no database');
  },
  dispose: async () => {},
};
const noDatabase: SqlMigrationAwareDriverAdapterFactory = {
  provider: 'postgres',
  adapterName: 'none',
  connect: async () => idle,
  connectToShadowDb: async () => idle,
};
