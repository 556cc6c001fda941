import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { priorities } from '../../../src/database/priorities.ts';
import { retrySteps } from '../../../src/database/retry-step.ts';
import { CatalogueError } from '../../../src/errors/catalogue-error.ts';
import { queueNames } from '../../../src/jobs/queues.ts';
import { randomOf } from '../../fuzz/random.ts';
import { openTestSystem, type TestSystem, until } from '../../support/queue.ts';
import { queueOnPostgres } from '../../support/queue-on-postgres.ts';
import { queueOnRedis } from '../../support/queue-on-redis.ts';
import { standInJobs } from '../../support/stand-in-jobs.ts';
import { standInWay } from '../../support/stand-in-way.ts';

const seed = 11;
const acts = 60;

describe.each([
  ['Redis', queueOnRedis()],
  ['Postgres', queueOnPostgres()],
])('a storm of cancels, retries and priorities, queue on %s', (_, backend) => {
  let system: TestSystem;
  beforeEach(async () => {
    system = await openTestSystem(backend.urls());
  });
  afterEach(() => system.close());

  test('ends with every video as it was last asked for, and with nothing left', { timeout: 120_000 }, async () => {
    const random = randomOf(seed, 1);
    const way = standInWay(6);
    const { encode } = way;
    way.encode = async (context) => {
      await wait(random.below(300), undefined, { signal: context.signal });
      await encode(context);
    };
    const jobs = standInJobs(way);
    const { control, videos } = system.database;
    await Promise.all([system.startRelay(jobs, { reconcileMs: 500 }), system.startRelay(jobs, { reconcileMs: 500 })]);
    await system.startWorker(jobs);
    await system.startWorker(jobs);
    const ids: [string, ...string[]] = [await system.uploadedVideo()];
    for (let each = 1; each < 5; each += 1) ids.push(await system.uploadedVideo({ creatorId: `creator-${each}` }));

    /** False where the video's state forbids it. */
    const could = (acting: Promise<unknown>) =>
      acting.then(
        () => true,
        (error: unknown) => {
          if (!(error instanceof CatalogueError) || error.code !== 'VIDEO_STATE_CONFLICT') throw error;
          return false;
        },
      );
    let done = 0;
    for (let act = 0; act < acts; act += 1) {
      const id = random.pick(ids);
      const step = random.chance(0.5) ? random.pick(retrySteps) : undefined;
      const what = random.pick(['cancel', 'retry', 'prioritise'] as const);
      const acting = {
        cancel: () => control.cancel(id),
        retry: () => control.retry(id, step),
        prioritise: () => control.prioritise(id, random.pick(priorities)),
      }[what]();
      if (await could(acting)) done += 1;
      await wait(random.below(80));
    }
    expect(done).toBeGreaterThan(acts / 4);
    const [removed, ...kept] = ids;
    await control.remove(removed);
    for (const id of kept) await could(control.retry(id, undefined));
    for (const id of kept)
      expect(await system.untilFinal(id, 60_000)).toMatchObject({ status: 'ready', errorCode: null });
    expect(await videos.find(removed)).toMatchObject({ status: 'removed', errorCode: null });
    for (const id of kept) {
      const tasks = await videos.tasks((await videos.find(id))?.runId ?? '');
      expect(tasks.filter(({ status }) => status !== 'completed')).toEqual([]);
    }
    // What is left are the trees of runs that ended well; nothing waits, runs or has failed.
    await until('nothing waits in the queue', 30_000, async () => {
      const counts = await Promise.all(queueNames.map((name) => system.queues.queue(name).getJobCounts()));
      return counts.every(({ completed: _completed, ...others }) =>
        Object.values(others).every((count) => count === 0),
      );
    });
  });
});
