import type { Config } from '../config.ts';
import type { Database } from '../database/database.ts';
import { createLog } from '../log.ts';
import { databaseConfig } from './service-config.ts';

/** Opens the database of DATABASE_URL, or of what `reelmill up` runs here, for one command, and closes it. Rejects with CONFIG_INVALID where it is not migrated. */
export async function withDatabase<Result>(
  work: (database: Database, config: Config & { DATABASE_URL: string }) => Promise<Result>,
): Promise<Result> {
  const config = await databaseConfig();
  const { openDatabase } = await import('../database/open-database.ts');
  const log = createLog({ level: config.LOG_LEVEL === 'info' ? 'warn' : config.LOG_LEVEL, name: 'keys' });
  const database = await openDatabase({ url: config.DATABASE_URL, log });
  try {
    await database.requireMigrated();
    return await work(database, config);
  } finally {
    await database.close();
  }
}
