import pg from 'pg';
import { pino } from 'pino';
import type { Database } from '../../src/database/database.ts';
import { openDatabase } from '../../src/database/open-database.ts';
import { testDatabase } from './postgres.ts';

export interface OpenTestDatabase {
  url: string;
  database: Database;
  /** Plain SQL, to look at rows or to break them. */
  query(sql: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

/** A fresh migrated database, opened, with a second door for the test. Close it in `afterAll`. */
export async function openTestDatabase(): Promise<OpenTestDatabase> {
  const place = await testDatabase();
  const pool = new pg.Pool({ connectionString: place.url, max: 2 });
  pool.on('error', () => {});
  const database = await openDatabase({ url: place.url, log: pino({ level: 'silent' }) });
  return {
    url: place.url,
    database,
    query: async (sql, values) => (await pool.query(sql, values)).rows,
    async close() {
      await database.close();
      await pool.end();
      await place.drop();
    },
  };
}
