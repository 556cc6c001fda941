import { afterAll, beforeAll } from 'vitest';
import { loseQueueTables } from '../support/lose-queue-tables.ts';
import { type TestDatabase, testDatabase } from '../support/postgres.ts';
import { lostWorkTests } from './lost-work.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database?.drop());

lostWorkTests('Postgres', {
  urls: () => ({ databaseUrl: database.url, redisUrl: undefined }),
  lose: () => loseQueueTables(database.url),
});
