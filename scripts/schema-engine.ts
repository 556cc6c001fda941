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

const startEngine = async (factory: SqlMigrationAwareDriverAdapterFactory): Promise<SchemaEngine> => {
  loading ??= loadEngine();
  const { SchemaEngine } = await loading;
  return SchemaEngine.new({ datamodels: undefined }, () => {}, bindMigrationAwareSqlAdapterFactory(factory));
};

type Bindings = typeof import('@prisma/schema-engine-wasm/schema_engine_bg');
/** Once a process: the bindings hold one instance, and a second would pull the first from under its engines. */
let loading: Promise<Bindings> | undefined;

/** Loads the WebAssembly by hand: Node 20 cannot import it as a module. */
async function loadEngine(): Promise<Bindings> {
  const module = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  const bindings: Bindings = await import('@prisma/schema-engine-wasm/schema_engine_bg');
  const bytes = await readFile(join(dirname(module), 'schema_engine_bg.wasm'));
  const exports = await instantiate(bytes, { './schema_engine_bg.js': { ...bindings } });
  bindings.__wbg_set_wasm(exports);
  exports.__wbindgen_start();
  return bindings;
}

/** `WebAssembly.instantiate`, which the types of Node 20 do not name. */
async function instantiate(bytes: Uint8Array, imports: object): Promise<{ __wbindgen_start(): void }> {
  const { WebAssembly }: typeof globalThis & { WebAssembly?: WebAssemblyLike } = globalThis;
  if (!WebAssembly) throw new Error('this runtime has no WebAssembly');
  return (await WebAssembly.instantiate(bytes, imports)).instance.exports;
}
interface WebAssemblyLike {
  instantiate(bytes: Uint8Array, imports: object): Promise<{ instance: { exports: { __wbindgen_start(): void } } }>;
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
