import { afterAll, beforeAll } from 'vitest';
import { type TestDatabase, testDatabase } from './postgres.ts';
import type { QueueUrls } from './queue.ts';
import { type TestRedis, testRedis } from './redis.ts';

/** A database and a Redis of the test file's own, there from its start to its end. */
export function queueOnRedis(): { urls(): QueueUrls; lose(): Promise<void> } {
  let database: TestDatabase;
  let redis: TestRedis;
  beforeAll(async () => {
    [database, redis] = await Promise.all([testDatabase(), testRedis()]);
  });
  afterAll(async () => {
    await redis?.stop();
    await database?.drop();
  });
  return {
    urls: () => ({ databaseUrl: database.url, redisUrl: redis.url }),
    lose: () => redis.flushAll(),
  };
}
