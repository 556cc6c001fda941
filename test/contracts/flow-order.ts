import { setTimeout as wait } from 'node:timers/promises';
import { UnrecoverableError } from 'bullmq';
import { expect, test } from 'vitest';
import { createTree } from '../../src/flows/create-tree.ts';
import { flowNode } from '../../src/flows/flow-node.ts';
import { jobId } from '../../src/jobs/define-job.ts';
import { until } from '../support/queue.ts';
import { standInJobs } from '../support/stand-in-jobs.ts';
import { standInWay } from '../support/stand-in-way.ts';
import { encodes, type FlowTests } from './flow-tests.ts';

/** Parents wait for their children, and jobs go by priority. */
export function orderTests(flows: FlowTests): void {
  test('a parent starts when all of its children are done, and every task is worked on once', async () => {
    const way = standInWay(12);
    const thumbnails = way.thumbnails;
    way.thumbnails = async (context) => {
      // Finalize must wait for it, package must not.
      await until('package has run', 20_000, async () => way.diary.some((entry) => entry.startsWith('package')));
      await thumbnails(context);
    };
    const jobs = standInJobs(way);
    const videoId = await flows.system.uploadedVideo();
    await flows.system.startRelay(jobs);
    await flows.system.startWorker(jobs);

    expect(await flows.system.untilFinal(videoId)).toMatchObject({ status: 'ready' });
    expect(way.diary.slice(0, 2)).toEqual(['probe', 'split']);
    expect(way.diary.slice(2, 15).sort()).toEqual(['audio', ...encodes(12)].sort());
    expect(way.diary.slice(15)).toEqual(['package, missing 0', 'thumbnails', 'finalize, missing 0']);
  });

  test('a planner that dies half-way through its fan-out runs again, and nothing is made twice', async () => {
    const way = standInWay(12);
    const { split } = way;
    let crashed = false;
    way.split = async (context) => {
      if (crashed) return split(context);
      crashed = true;
      // Adds four of fourteen, then dies.
      const missing = async () => encodes(4);
      const tree = createTree({
        queues: flows.system.queues,
        jobs,
        missing,
        ordering: flows.system.database.runs.ordering,
      });
      const fanOut: typeof tree.fanOut = async (run, plan) => {
        await tree.fanOut(run, plan);
        throw new Error('the planner dies');
      };
      await split({ ...context, tree: { fanOut } });
    };
    const jobs = standInJobs(way);
    const videoId = await flows.system.uploadedVideo();
    await flows.system.startRelay(jobs, { reconcileMs: 60_000 });
    await flows.system.startWorker(jobs);

    expect(await flows.system.untilFinal(videoId)).toMatchObject({ status: 'ready' });
    expect(way.diary.filter((entry) => entry.startsWith('encode')).sort()).toEqual(encodes(12));
    expect(way.diary).toContain('package, missing 0');
  });

  test('a failed child keeps its parent waiting, and one retry resumes from it alone', async () => {
    const { queues } = flows.system;
    const jobs = standInJobs();
    const run = { videoId: 'vid_a', runId: 'run_retry' };
    const children = encodes(3).map((task) =>
      flowNode(jobs.encode, { ...run, name: task, fleet: 'cpu' as const }, { priority: 5 }),
    );
    await queues.add(flowNode(jobs.package, run, { priority: 1, children }));
    let broken = true;
    const done: string[] = [];
    const settings = { concurrency: 1, lockMs: 5_000, stalledMs: 1_000, retryDelayMs: () => 50 };
    const encoder = await queues.createWorker(
      'encode-cpu',
      async (job, _token, _signal) => {
        if (broken && job.id?.includes('0001')) throw new UnrecoverableError('a bad segment');
        done.push(job.id ?? '');
      },
      settings,
    );
    const packer = await queues.createWorker(
      'media',
      async (job, _token, _signal) => void done.push(job.id ?? ''),
      settings,
    );
    void encoder.run();
    void packer.run();

    const failed = { queue: 'encode-cpu' as const, id: jobId({ ...run, name: 'encode.h264.0001.all' }) };
    const parent = { queue: 'media' as const, id: jobId({ ...run, name: 'package' }) };
    await until('the bad one has failed and the others are done', 30_000, async () => {
      return (await queues.state(failed)) === 'failed' && done.length === 2;
    });
    await wait(300);
    expect(await queues.state(parent)).toBe('waiting-children');

    broken = false;
    expect(await queues.retryFailed(failed)).toBe(true);
    await until('the parent is done', 30_000, async () => (await queues.state(parent)) === 'completed');
    expect(done.slice(2)).toEqual([failed.id, parent.id]);
  });

  test('jobs go by priority, and a handed-in retry keeps its place', async () => {
    const { queues } = flows.system;
    const jobs = standInJobs();
    const add = (runId: string, priority: number) =>
      queues.add(flowNode(jobs.audio, { videoId: 'vid_p', runId }, { priority }));
    for (const [runId, priority] of [
      ['low', 900_000],
      ['second', 7],
      ['first', 3],
      ['third', 8],
    ] as const) {
      await add(runId, priority);
    }
    const order: string[] = [];
    const worker = await queues.createWorker(
      'media',
      async (job, _token, _signal) => void order.push(job.id?.split('.')[1] ?? ''),
      { concurrency: 1, lockMs: 5_000, stalledMs: 1_000, retryDelayMs: () => 50 },
    );
    void worker.run();
    await until('all are done', 30_000, async () => order.length === 4);
    expect(order).toEqual(['first', 'second', 'third', 'low']);
  });
}
