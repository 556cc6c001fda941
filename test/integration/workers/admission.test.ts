// needs: redis-server
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Pipeline } from '../../../src/jobs/define-job.ts';
import { openTestSystem, type TestSystem, until } from '../../support/queue.ts';
import { queueOnRedis } from '../../support/queue-on-redis.ts';
import { standInJobs } from '../../support/stand-in-jobs.ts';
import { standInWay } from '../../support/stand-in-way.ts';

const services = queueOnRedis();
let system: TestSystem;
beforeEach(async () => {
  await services.lose();
  system = await openTestSystem(services.urls());
});
afterEach(() => system.close());

/** The segments of this many encodes, each taking so much of a budget of 1,000 while it sleeps; who ran beside whom is noted. */
function encodesOf(memories: number[], ms = 120) {
  const way = standInWay(memories.length);
  const { encode } = way;
  const segmentOf = (name: string) => Number(/\.(\d{4})\./.exec(name)?.[1]);
  const memoryOf = (name: string) => memories[segmentOf(name)] ?? 0;
  const running = new Set<string>();
  const seen = { ms, most: 0, together: 0, order: [] as number[], starts: 0 };
  way.encode = async (context) => {
    const { name } = context.payload;
    running.add(name);
    seen.starts += 1;
    seen.order.push(segmentOf(name));
    seen.most = Math.max(
      seen.most,
      [...running].reduce((sum, each) => sum + memoryOf(each), 0),
    );
    seen.together = Math.max(seen.together, running.size);
    try {
      await wait(seen.ms, undefined, { signal: context.signal });
      await encode(context);
    } finally {
      running.delete(name);
    }
  };
  const jobs = standInJobs(way);
  const pipeline: Pipeline = {
    ...jobs,
    encode: { ...jobs.encode, memoryBytes: async ({ payload }) => memoryOf(payload.name) },
  };
  return { jobs: pipeline, seen, way };
}

test('large jobs never run beside each other, small ones do, and each is run once', async () => {
  const { jobs, seen, way } = encodesOf([600, 600, 200, 200, 600, 200, 200, 600]);
  const videoId = await system.uploadedVideo();
  await system.startRelay(jobs);
  await system.startWorker(jobs, { slots: 4 });
  expect(await system.untilFinal(videoId)).toMatchObject({ status: 'ready', errorCode: null });
  expect(seen.most).toBeLessThanOrEqual(1_000);
  expect(seen.together).toBeGreaterThan(1);
  expect(seen.starts).toBe(8);
  expect(way.diary.filter((line) => line.includes('again'))).toEqual([]);
});

test('a job larger than the whole budget runs alone, and small ones do not keep it waiting for ever', async () => {
  const { jobs, seen } = encodesOf([300, 5_000, 300, 300, 300, 300, 300, 300], 60);
  const videoId = await system.uploadedVideo();
  await system.startRelay(jobs);
  await system.startWorker(jobs, { slots: 3 });
  expect(await system.untilFinal(videoId)).toMatchObject({ status: 'ready', errorCode: null });
  expect(seen.most).toBe(5_000);
  expect(seen.order.indexOf(1), 'begun before most of the small ones').toBeLessThan(5);
});

test('what waits is shown as waiting, keeps its lock, and is handed back at once when the worker stops', async () => {
  const { jobs, seen } = encodesOf([900, 900], 60_000);
  const videoId = await system.uploadedVideo();
  await system.startRelay(jobs);
  const first = await system.startWorker(jobs, { slots: 2 });
  await until('one runs', 30_000, async () => seen.starts === 1);
  // A heartbeat comes every 5 s, and a lock lasts 3 s.
  const shown = await until('the heartbeat tells of both', 30_000, async () => {
    const tasks = await system.currentTasks();
    return tasks.find((task) => /waits for memory/.test(task));
  });
  expect(shown).toMatch(/^encode\.h264\.000\d\.all encode\.h264\.000\d\.all \(waits for memory\)$/);
  expect(seen.starts).toBe(1);

  const begun = performance.now();
  await first.stop();
  expect(performance.now() - begun).toBeLessThan(30_000); // the grace is 60 s
  seen.ms = 50;
  await system.startWorker(jobs, { slots: 2 });
  expect(await system.untilFinal(videoId)).toMatchObject({ status: 'ready', errorCode: null });
});

test('two workers with budgets of their own each run one of two large jobs: nobody hoards what he cannot run', async () => {
  const { jobs, seen } = encodesOf([900, 900, 900, 900], 400);
  const videoId = await system.uploadedVideo();
  await system.startRelay(jobs);
  await system.startWorker(jobs, { slots: 4 });
  await system.startWorker(jobs, { slots: 4 });
  expect(await system.untilFinal(videoId)).toMatchObject({ status: 'ready', errorCode: null });
  expect(seen.together).toBe(2);
  expect(seen.most).toBe(1_800);
});
