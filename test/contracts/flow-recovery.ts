import { setTimeout as wait } from 'node:timers/promises';
import { UnrecoverableError } from 'bullmq';
import { expect, test } from 'vitest';
import { jobId } from '../../src/jobs/define-job.ts';
import { startHangingWorker, until } from '../support/queue.ts';
import { standInJobs } from '../support/stand-in-jobs.ts';
import { standInWay } from '../support/stand-in-way.ts';
import { untilAborted } from '../support/until-aborted.ts';
import { encodes, type FlowTests, runOf } from './flow-tests.ts';

/** What is lost comes back: a worker, the whole queue, a job that failed for no reason of ours. */
export function recoveryTests(flows: FlowTests): void {
  test('a job of a worker that was killed comes back, and the run ends', async () => {
    const way = standInWay(2);
    const jobs = standInJobs(way);
    const videoId = await flows.system.uploadedVideo();
    await flows.system.startRelay(jobs);
    await flows.system.startWorker(jobs, { queueNames: ['control', 'media'] });
    const hanging = await startHangingWorker(flows.backend.urls());
    await hanging.kill9();
    await flows.system.startWorker(jobs, { queueNames: ['encode-cpu'] });

    expect(await flows.system.untilFinal(videoId, 60_000)).toMatchObject({ status: 'ready' });
    expect(way.diary.filter((entry) => entry.startsWith('encode')).sort()).toEqual(encodes(2));
    // In the same run: the queue itself brought it back.
    const run = await runOf(flows, videoId);
    const job = await flows.system.queues.queue('encode-cpu').getJob(jobId({ ...run, name: hanging.taskName }));
    expect(job?.attemptsMade).toBe(1);
  });

  test('a queue that has lost everything is rebuilt under a new run, and what is committed is not made again', async () => {
    const way = standInWay(8);
    const { encode } = way;
    let open = 3;
    way.encode = async (context) => {
      if (open <= 0) {
        await untilAborted(context.signal);
        context.signal.throwIfAborted();
      }
      open -= 1;
      await encode(context);
    };
    const jobs = standInJobs(way);
    const videoId = await flows.system.uploadedVideo();
    await flows.system.startRelay(jobs);
    const first = await flows.system.startWorker(jobs);
    await until('three encodes are committed', 30_000, async () => {
      const rows = await flows.system.database.videos.tasks((await runOf(flows, videoId)).runId);
      return rows.filter(({ type, status }) => type === 'transcode' && status === 'completed').length === 3;
    });
    const before = await runOf(flows, videoId);
    const made = way.diary.filter((entry) => entry.startsWith('encode'));
    await flows.backend.lose();
    await first.stop();
    open = Number.POSITIVE_INFINITY;
    await flows.system.startWorker(jobs);

    expect(await flows.system.untilFinal(videoId, 60_000)).toMatchObject({ status: 'ready' });
    expect((await runOf(flows, videoId)).runId).not.toBe(before.runId);
    const encoded = way.diary.filter((entry) => entry.startsWith('encode') && !entry.endsWith('again'));
    expect(encoded.slice(0, 3).sort()).toEqual(made.sort());
    expect(encoded.sort()).toEqual(encodes(8));
  });

  test('a job that failed without a reason of ours is put back to work', async () => {
    const way = standInWay(2);
    const jobs = standInJobs(way);
    const videoId = await flows.system.uploadedVideo();
    await flows.system.startRelay(jobs);
    // Ends jobs for good and writes no row, as a database error in the moment of completing can.
    const broken = await flows.system.queues.createWorker(
      'encode-cpu',
      async (_job, _token, _signal) => {
        throw new UnrecoverableError('deadlock detected');
      },
      { concurrency: 1, lockMs: 5_000, stalledMs: 1_000, retryDelayMs: () => 50 },
    );
    let failures = 0;
    broken.on('failed', () => {
      failures += 1;
    });
    void broken.run();
    await flows.system.startWorker(jobs, { queueNames: ['control', 'media'] });
    await until('both encodes have failed', 30_000, async () => failures >= 2);
    await broken.close();
    await flows.system.startWorker(jobs, { queueNames: ['encode-cpu'] });
    expect(await flows.system.untilFinal(videoId)).toMatchObject({ status: 'ready' });
  });

  test('the tree of a superseded run is swept from the queue, and that of its successor stays', async () => {
    const { database, queues } = flows.system;
    const jobs = standInJobs();
    const videoId = await flows.system.uploadedVideo();
    await flows.system.startRelay(jobs, { reconcileMs: 200 });
    const old = await runOf(flows, videoId);
    const root = (run: { videoId: string; runId: string }) => ({
      queue: 'control' as const,
      id: jobId({ ...run, name: 'finalize' }),
    });
    await until('the run is in the queue', 30_000, async () => (await queues.state(root(old))) === 'waiting-children');

    await database.runs.rebuild(old.runId, 'a test');
    await until('the old tree is gone', 30_000, async () => (await queues.state(root(old))) === 'unknown');
    expect(await queues.state({ queue: 'media', id: jobId({ ...old, name: 'probe' }) })).toBe('unknown');
    const next = await runOf(flows, videoId);
    await until('the new run is in the queue', 30_000, async () => (await queues.state(root(next))) !== 'unknown');
    await wait(600); // some sweeps
    expect(await queues.state(root(next))).toBe('waiting-children');
  });
}
