import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { diagnoseMigrations, diffSchemas } from '../../../scripts/schema-engine.ts';
import { lastSchemaPath, schemaPath } from '../../../scripts/write-migration.ts';
import { migrate } from '../../../src/database/migrate.ts';
import { migrationsFolder, readMigrations } from '../../../src/database/migrations.ts';
import { openDatabase } from '../../../src/database/open-database.ts';
import { type TestDatabase, unmigratedDatabase } from '../../support/postgres.ts';

const log = pino({ level: 'silent' });
let database: TestDatabase;
let folder: string;

beforeEach(async () => {
  database = await unmigratedDatabase();
  folder = await mkdtemp(join(tmpdir(), 'reelmill-migrations-'));
});
afterEach(async () => {
  await database.drop();
  await rm(folder, { recursive: true });
});

async function writeMigration(name: string, sql: string): Promise<void> {
  await mkdir(join(folder, name), { recursive: true });
  await writeFile(join(folder, name, 'migration.sql'), sql);
}

async function query(sql: string, url = database.url): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

const records = () =>
  query(`SELECT migration_name AS name, finished_at IS NOT NULL AS finished, rolled_back_at IS NOT NULL AS rolled_back,
                logs, applied_steps_count AS steps FROM _prisma_migrations ORDER BY started_at`);

/** Every column, index, constraint and enum value of the tables in `public`, as Postgres words them. */
async function catalogOf(url: string): Promise<unknown[]> {
  return query(
    `SELECT format('%s.%s %s %s %s', table_name, column_name, udt_name, is_nullable, column_default) AS thing
       FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> '_prisma_migrations'
     UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> '_prisma_migrations'
     UNION ALL SELECT format('%s %s', conname, pg_get_constraintdef(c.oid)) FROM pg_constraint c
       WHERE connamespace = 'public'::regnamespace AND conrelid <> coalesce(to_regclass('_prisma_migrations'), 0)
     UNION ALL SELECT format('%s %s', enumtypid::regtype, enumlabel) FROM pg_enum
     ORDER BY 1`,
    url,
  );
}

describe('the migrations of the project', () => {
  test('make exactly what schema.prisma says', async () => {
    const schema = await diffSchemas(null, await readFile(schemaPath, 'utf8'));
    const fromSchema = await unmigratedDatabase();
    await query(schema ?? '', fromSchema.url);
    await migrate({ url: database.url, log });

    expect(await catalogOf(database.url)).toEqual(await catalogOf(fromSchema.url));
    await fromSchema.drop();
  });

  test('a change of the schema without a migration shows', async () => {
    const last = await readFile(lastSchemaPath, 'utf8');
    expect(await diffSchemas(last, await readFile(schemaPath, 'utf8'))).toBeNull();
    expect(await diffSchemas(last, last.replace(/^ {2}title /m, '  headline '))).toContain('"headline"');
  });

  test('leave Prisma nothing to apply', async () => {
    const migrations = await readMigrations(migrationsFolder);
    expect(await migrate({ url: database.url, log })).toEqual({ applied: migrations.map(({ name }) => name) });

    const diagnosis = await diagnoseMigrations(database.url, {
      baseDir: migrationsFolder,
      lockfile: { path: 'migration_lock.toml', content: 'provider = "postgresql"\n' },
      shadowDbInitScript: '',
      migrationDirectories: migrations.map(({ name, sql }) => ({
        path: name,
        migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: sql } },
      })),
    });
    expect(diagnosis).toMatchObject({
      hasMigrationsTable: true,
      history: null,
      failedMigrationNames: [],
      editedMigrationNames: [],
      appliedMigrationNames: [],
    });
  });
});

describe('migrate', () => {
  test('applies what is new, once and in order', async () => {
    await writeMigration('1_a', 'CREATE TABLE a (id int); INSERT INTO a VALUES (1);');
    expect(await migrate({ url: database.url, log, folder })).toEqual({ applied: ['1_a'] });
    await writeMigration('2_b', 'UPDATE a SET id = id + 1;');
    expect(await migrate({ url: database.url, log, folder })).toEqual({ applied: ['2_b'] });
    expect(await migrate({ url: database.url, log, folder })).toEqual({ applied: [] });
    expect(await query('SELECT id FROM a')).toEqual([{ id: 2 }]);
  });

  test('a migration that fails half-way leaves nothing, is recorded, and works once it is mended', async () => {
    await writeMigration('1_a', 'CREATE TABLE a (id int);');
    await writeMigration('2_b', 'CREATE TABLE b (id int); INSERT INTO nowhere VALUES (1);');
    await expect(migrate({ url: database.url, log, folder })).rejects.toThrow('migration 2_b failed');

    expect(await query(`SELECT to_regclass('a')::text AS a, to_regclass('b')::text AS b`)).toEqual([
      { a: 'a', b: null },
    ]);
    expect(await records()).toMatchObject([
      { name: '1_a', finished: true, rolled_back: false, steps: 1 },
      { name: '2_b', finished: false, rolled_back: true, steps: 0, logs: expect.stringContaining('nowhere') },
    ]);

    await writeMigration('2_b', 'CREATE TABLE b (id int);');
    expect(await migrate({ url: database.url, log, folder })).toEqual({ applied: ['2_b'] });
    expect(await records()).toHaveLength(3);
  });

  test('two runners at once apply each migration once', async () => {
    await writeMigration('1_a', 'CREATE TABLE a (id int); SELECT pg_sleep(0.3);');
    await writeMigration('2_b', 'INSERT INTO a VALUES (1);');
    const results = await Promise.all([1, 2].map(() => migrate({ url: database.url, log, folder })));
    expect(results.flatMap(({ applied }) => applied).sort()).toEqual(['1_a', '2_b']);
    expect(await query('SELECT id FROM a')).toHaveLength(1);
  });

  test('refuses a migration that was changed after it had been applied', async () => {
    await cp(migrationsFolder, folder, { recursive: true });
    await migrate({ url: database.url, log, folder });
    const [first] = await readMigrations(folder);
    await writeMigration(first?.name ?? '', `${first?.sql} -- later`);
    await expect(migrate({ url: database.url, log, folder })).rejects.toThrow('was changed after');
  });

  test('an older build runs on a database that a newer one has migrated', async () => {
    await writeMigration('1_a', 'CREATE TABLE a (id int);');
    await writeMigration('2_b', 'CREATE TABLE b (id int);');
    await migrate({ url: database.url, log, folder });
    await rm(join(folder, '2_b'), { recursive: true });
    expect(await migrate({ url: database.url, log, folder })).toEqual({ applied: [] });
  });
});

describe('a database that does not fit is told at the start', () => {
  const open = (url: string) => openDatabase({ url, log });

  test('one that lacks migrations of this version; of a newer version it may have more', async () => {
    const opened = await open(database.url);
    try {
      const lacks = { code: 'CONFIG_INVALID', detail: expect.stringContaining('run "reelmill migrate" first') };
      await expect(opened.requireMigrated()).rejects.toMatchObject(lacks);
      await migrate({ url: database.url, log });
      await opened.requireMigrated();
      await query(
        `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at) VALUES ('n', 'n', '9_newer', now())`,
      );
      await opened.requireMigrated();
      const [last] = (await readMigrations(migrationsFolder)).slice(-1);
      await query(`DELETE FROM _prisma_migrations WHERE migration_name = '${last?.name}'`);
      await expect(opened.requireMigrated()).rejects.toMatchObject({ ...lacks, facts: { missing: [last?.name] } });
    } finally {
      await opened.close();
    }
  });

  test.each([
    ['database', /database "nowhere" does not exist/, { pathname: '/nowhere' }],
    ['role', /(role "nobody" does not exist|authentication failed for user "nobody")/, { username: 'nobody' }],
    ['password', /password authentication failed for user/, { password: 'guessed' }],
  ])('a wrong %s: in Postgres’ own words, with the place, and without the password', async (_, words, change) => {
    const wrong = Object.assign(new URL(database.url), change);
    for (const attempt of [() => migrate({ url: wrong.href, log }), () => open(wrong.href)]) {
      const error = await attempt().catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'CONFIG_INVALID', detail: expect.stringMatching(words) });
      expect(String(error)).toContain(`${wrong.host}${wrong.pathname} says`);
      expect(String(error)).not.toContain(wrong.password);
    }
  });
});
