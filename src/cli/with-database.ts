import type { Config } from '../config.ts';
import type { Database } from '../database/database.ts';
import { createLog } from '../log.ts';
import { ServiceMissing } from './exit-codes.ts';
import { databaseConfig } from './service-config.ts';

/** Opens the database of DATABASE_URL, or of what `reelmill up` runs here, for one command, and closes it. Rejects with ServiceMissing where it is not migrated. */
export async function withDatabase<Result>(
  work: (database: Database, config: Config & { DATABASE_URL: string }) => Promise<Result>,
): Promise<Result> {
  const config = await databaseConfig();
  const { openDatabase } = await import('../database/open-database.ts');
  const log = createLog({ level: config.LOG_LEVEL === 'info' ? 'warn' : config.LOG_LEVEL, name: 'keys' });
  const database = await openDatabase({ url: config.DATABASE_URL, log });
  try {
    return await work(database, config);
  } catch (error) {
    if (isMissingTable(error)) {
      throw new ServiceMissing('the database lacks tables or columns of this version: run "reelmill migrate" first', {
        cause: error,
      });
    }
    throw error;
  } finally {
    await database.close();
  }
}

/** SQLSTATE 42P01 and 42703; P2021 and P2022 are Prisma's. */
const isMissingTable = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && /^(42P01|42703|P2021|P2022)$/.test(String(error.code));
