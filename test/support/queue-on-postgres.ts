import { afterAll, beforeAll } from 'vitest';
import { loseQueueTables } from './lose-queue-tables.ts';
import { type TestDatabase, testDatabase } from './postgres.ts';
import type { QueueUrls } from './queue.ts';

/** A database of the test file's own that keeps the queue too, there from its start to its end. */
export function queueOnPostgres(): { urls(): QueueUrls; lose(): Promise<void> } {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await testDatabase();
  });
  afterAll(() => database?.drop());
  return {
    urls: () => ({ databaseUrl: database.url, redisUrl: undefined }),
    lose: () => loseQueueTables(database.url),
  };
}
