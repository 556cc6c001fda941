import { expect, test } from 'vitest';
import { CatalogueError } from '../../src/errors/catalogue-error.ts';
import { jobId } from '../../src/jobs/define-job.ts';
import { until } from '../support/queue.ts';
import { standInJobs } from '../support/stand-in-jobs.ts';
import { standInWay } from '../support/stand-in-way.ts';
import { untilAborted } from '../support/until-aborted.ts';
import { encodes, type FlowTests, runOf } from './flow-tests.ts';

/** What becomes of a job that did not end well. */
export function endingTests(flows: FlowTests): void {
  test('what a stopping worker hands back uses no attempt, and another one has it at once', async () => {
    const way = standInWay(2);
    const { encode } = way;
    let hold = true;
    let held = 0;
    way.encode = async (context) => {
      if (!hold) return encode(context);
      await context.tasks.take(context.payload);
      held += 1;
      await untilAborted(context.signal);
      throw new Error('ffmpeg was ended');
    };
    const jobs = standInJobs(way);
    const videoId = await flows.system.uploadedVideo();
    await flows.system.startRelay(jobs);
    const first = await flows.system.startWorker(jobs);
    await until('both encodes are in hand', 30_000, async () => held === 2);

    const startedAt = performance.now();
    await first.stop();
    expect(performance.now() - startedAt).toBeLessThan(30_000); // the grace is 60 s
    const run = await runOf(flows, videoId);
    for (const task of encodes(2)) {
      const job = await flows.system.queues.queue('encode-cpu').getJob(jobId({ ...run, name: task }));
      expect(await job?.getState()).toBe('prioritized');
      expect(job?.attemptsMade).toBe(0);
    }
    hold = false;
    await flows.system.startWorker(jobs);
    expect(await flows.system.untilFinal(videoId)).toMatchObject({ status: 'ready' });
    expect(way.diary.filter((entry) => entry.startsWith('encode')).sort()).toEqual(encodes(2));
  });

  test('an error is tried again with its attempts, and a permanent one fails the video with its code', async () => {
    const way = standInWay(2);
    const { encode } = way;
    let tries = 0;
    way.encode = async (context) => {
      tries += 1;
      if (tries < 3) throw new CatalogueError('PROCESS_STALLED', 'a tool hung');
      await encode(context);
    };
    way.audio = async ({ payload, tasks }) => {
      await tasks.take({ ...payload, name: 'audio' });
      throw new CatalogueError('INPUT_DAMAGED', 'the sound cannot be decoded');
    };
    const jobs = standInJobs(way);
    const videoId = await flows.system.uploadedVideo();
    await flows.system.startRelay(jobs);
    await flows.system.startWorker(jobs, { queueNames: ['control', 'encode-cpu'] });
    await flows.system.startWorker(jobs, { queueNames: ['media'] });

    expect(await flows.system.untilFinal(videoId)).toMatchObject({
      status: 'failed',
      errorCode: 'INPUT_DAMAGED',
      errorDetail: 'the sound cannot be decoded',
    });
    const run = await runOf(flows, videoId);
    expect(await flows.system.queues.state({ queue: 'media', id: jobId({ ...run, name: 'package' }) })).toBe(
      'waiting-children',
    );
    // The row says it a moment before the queue does.
    const audio = { queue: 'media' as const, id: jobId({ ...run, name: 'audio' }) };
    await until('audio is failed', 30_000, async () => (await flows.system.queues.state(audio)) === 'failed');
  });
}
