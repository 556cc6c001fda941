import { afterAll, beforeAll } from 'vitest';
import { type TestDatabase, testDatabase } from '../support/postgres.ts';
import { type TestRedis, testRedis } from '../support/redis.ts';
import { flowContract } from './flow.ts';

let database: TestDatabase;
let redis: TestRedis;
beforeAll(async () => {
  [database, redis] = await Promise.all([testDatabase(), testRedis()]);
});
afterAll(async () => {
  await redis?.stop();
  await database?.drop();
});

flowContract('Redis', {
  urls: () => ({ databaseUrl: database.url, redisUrl: redis.url }),
  lose: () => redis.flushAll(),
});
