import { expect, test } from 'vitest';
import { CatalogueError } from '../../src/errors/catalogue-error.ts';
import { jobId, type Pipeline } from '../../src/jobs/define-job.ts';
import { until } from '../support/queue.ts';
import { standInJobs } from '../support/stand-in-jobs.ts';
import { standInWay } from '../support/stand-in-way.ts';
import { encodes, type FlowTests, runOf } from './flow-tests.ts';

const [name = ''] = encodes(1);

/** What becomes of a job whose service is away: it waits, as long as that may be. */
export function outageTests(flows: FlowTests): void {
  /** A way of one encode, which meets storage that is away as often as `away` says. */
  const wayWithout = (away: (tries: number) => boolean) => {
    const way = standInWay(1);
    const { encode } = way;
    let tries = 0;
    way.encode = async (context) => {
      tries += 1;
      if (!away(tries)) return encode(context);
      await context.tasks.take(context.payload);
      throw new CatalogueError('SERVICE_UNAVAILABLE', 'storage does not answer');
    };
    const jobs = standInJobs(way);
    const soon = { ...jobs, encode: { ...jobs.encode, backoff: { initialMs: 5, longestMs: 20 } } };
    return { jobs: soon, tries: () => tries };
  };
  const start = async (jobs: Pipeline, outageSeconds = 60) => {
    const videoId = await flows.system.uploadedVideo();
    await flows.system.startRelay(jobs, { reconcileMs: 100 });
    const worker = await flows.system.startWorker(jobs, { outageSeconds });
    await until('its run is in the queue', 30_000, async () => (await runOf(flows, videoId)).runId !== '');
    const run = await runOf(flows, videoId);
    const ref = { queue: 'encode-cpu' as const, id: jobId({ ...run, name }) };
    return { worker, ref, ...run };
  };
  const jobOf = (id: string) => flows.system.queues.queue('encode-cpu').getJob(id);
  const rowOf = async (runId: string) => {
    const all = { statuses: null, types: null };
    const tasks = await flows.system.database.library.tasks(runId, all, { behind: null, most: 100 });
    return tasks.find((task) => task.name === name);
  };

  test('a service that is away for ten deliveries uses no attempt, and the run goes on where it is', async () => {
    const { jobs, tries } = wayWithout((count) => count <= 10);
    const { videoId, runId, ref } = await start(jobs);
    expect(await flows.system.untilFinal(videoId)).toMatchObject({ status: 'ready', runId, errorCode: null });
    expect(tries()).toBe(11);
    // The row says it a moment before the queue does.
    await until('the job is done', 30_000, async () => (await flows.system.queues.state(ref)) === 'completed');
    expect((await jobOf(ref.id))?.attemptsMade).toBe(1);
    expect(await rowOf(runId)).toMatchObject({ status: 'completed', retryCount: 0 });
  });

  test('SERVICE_UNAVAILABLE: a service that stays away fails the video in the end, and a retry waits for it anew', async () => {
    let more = Number.POSITIVE_INFINITY;
    const { jobs, tries } = wayWithout((count) => count <= more);
    const startedAt = performance.now();
    const { videoId, runId, ref } = await start(jobs, 1);
    expect(await flows.system.untilFinal(videoId)).toMatchObject({
      status: 'failed',
      errorCode: 'SERVICE_UNAVAILABLE',
    });
    expect(performance.now() - startedAt).toBeGreaterThan(1_000);
    expect(tries()).toBeGreaterThan(3);
    await until('its job is failed', 30_000, async () => (await flows.system.queues.state(ref)) === 'failed');

    more = tries() + 3;
    expect(await flows.system.database.runs.reopen({ runId, name })).toBe(true);
    expect(await flows.system.queues.retryFailed(ref)).toBe(true);
    expect(await flows.system.untilFinal(videoId)).toMatchObject({ status: 'ready', runId });
  });

  test('a job that waits for a service says why, holds up no shutdown, and goes with its cancelled video', async () => {
    const { jobs, tries } = wayWithout(() => true);
    const patient = { ...jobs, encode: { ...jobs.encode, backoff: { initialMs: 60_000, longestMs: 60_000 } } };
    const { videoId, runId, ref, worker } = await start(patient);
    const isDelayed = async () => (await flows.system.queues.state(ref)) === 'delayed';
    await until('it waits', 30_000, isDelayed);
    expect(await rowOf(runId)).toMatchObject({
      ...{ status: 'retrying', retryCount: 0 },
      ...{ errorCode: 'SERVICE_UNAVAILABLE', errorDetail: 'storage does not answer' },
    });
    const { logs } = await flows.system.queues.queue('encode-cpu').getJobLogs(ref.id);
    expect(logs).toEqual([expect.stringMatching(/^Waits \d+\.\d s, away since .*Z: .*storage does not answer$/)]);

    const startedAt = performance.now();
    await worker.stop();
    expect(performance.now() - startedAt).toBeLessThan(30_000); // the grace is 60 s
    expect(await isDelayed()).toBe(true);
    await flows.system.startWorker(patient);
    await (await jobOf(ref.id))?.promote();
    await until('it waits again', 30_000, async () => tries() === 2 && (await isDelayed()));

    await flows.system.database.control.cancel(videoId);
    await until('it is gone', 30_000, async () => (await flows.system.queues.state(ref)) === 'unknown');
    expect(await flows.system.database.videos.find(videoId)).toMatchObject({ status: 'cancelled', runId });
    expect(await rowOf(runId)).toMatchObject({ status: 'pending' });
    expect(tries()).toBe(2);
  });
}
