import { Redis } from 'ioredis';
import { pino } from 'pino';
import { afterEach, expect, test } from 'vitest';
import { connectQueues } from '../../../src/flows/connect-queues.ts';
import { flowNode } from '../../../src/flows/flow-node.ts';
import type { QueueConnection } from '../../../src/flows/queue-connection.ts';
import { type TestRedis, testRedis } from '../../support/redis.ts';
import { standInJobs } from '../../support/stand-in-jobs.ts';

const silent = pino({ level: 'silent' });
const databaseUrl = 'postgres://127.0.0.1:1/none';
let redis: TestRedis | undefined;
let queues: QueueConnection | undefined;
afterEach(async () => {
  await queues?.close();
  await redis?.stop();
  queues = undefined;
  redis = undefined;
});

test('while Redis is away a job is refused within seconds, and nobody waits', async () => {
  redis = await testRedis();
  queues = await connectQueues({ redisUrl: redis.url, databaseUrl, log: silent });
  await redis.stop();
  const startedAt = performance.now();
  const node = flowNode(standInJobs().audio, { videoId: 'vid_a', runId: 'run_b' }, { priority: 1 });
  await expect(queues.add(node)).rejects.toThrow();
  await expect(queues.state({ queue: 'media', id: node.opts.jobId })).rejects.toThrow();
  await expect(queues.ping()).rejects.toThrow();
  expect(performance.now() - startedAt).toBeLessThan(5_000);
});

test('a queue that cannot be reached at start is an error, on Redis and on Postgres', async () => {
  const started = await Promise.allSettled([
    connectQueues({ redisUrl: 'redis://127.0.0.1:1', databaseUrl, log: silent, connectTimeoutMs: 1_000 }),
    connectQueues({ redisUrl: undefined, databaseUrl, log: silent, connectTimeoutMs: 1_000 }),
  ]);
  expect(started).toMatchObject([
    { status: 'rejected', reason: { code: 'SERVICE_UNAVAILABLE' } },
    { status: 'rejected', reason: { code: 'SERVICE_UNAVAILABLE' } },
  ]);
});

test('a Redis that may throw jobs away is warned of', async () => {
  redis = await testRedis();
  const client = new Redis(redis.url);
  await client.config('SET', 'maxmemory-policy', 'allkeys-lru');
  client.disconnect();
  const lines: string[] = [];
  const log = pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) });
  queues = await connectQueues({ redisUrl: redis.url, databaseUrl, log });
  expect(lines.filter((line) => line.includes('noeviction') && line.includes('allkeys-lru'))).toHaveLength(1);
});
