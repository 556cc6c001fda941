import { setTimeout as wait } from 'node:timers/promises';
import { UnrecoverableError } from 'bullmq';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createTree } from '../../src/flows/create-tree.ts';
import { flowNode } from '../../src/flows/flow-node.ts';
import { jobId } from '../../src/jobs/define-job.ts';
import { openTestSystem, type QueueUrls, startHangingWorker, type TestSystem, until } from '../support/queue.ts';
import { standInJobs } from '../support/stand-in-jobs.ts';
import { standInWay } from '../support/stand-in-way.ts';

export interface FlowBackend {
  urls(): QueueUrls;
  /** Loses everything that the queue knows. */
  lose(): Promise<void>;
}

const encodes = (segments: number) =>
  Array.from({ length: segments }, (_, index) => `encode.h264.${String(index).padStart(4, '0')}.all`);

/** What a queue backend must do for a run to end, whatever happens. Real rows, real queue, stand-ins for media. */
export function flowContract(name: string, backend: FlowBackend): void {
  describe(`flows on ${name}`, () => {
    let system: TestSystem;
    beforeEach(async () => {
      await backend.lose().catch(() => {}); // nothing of the test before
      system = await openTestSystem(backend.urls());
    });
    afterEach(() => system.close());

    const runOf = async (videoId: string) => {
      const video = await system.database.videos.find(videoId);
      return { videoId, runId: video?.runId ?? '' };
    };

    test('a parent starts when all of its children are done, and every task is worked on once', async () => {
      const way = standInWay(12);
      const thumbnails = way.thumbnails;
      way.thumbnails = async (context) => {
        await wait(400); // finalize must wait for it, package must not
        await thumbnails(context);
      };
      const jobs = standInJobs(way);
      const videoId = await system.uploadedVideo();
      await system.startRelay(jobs);
      await system.startWorker(jobs);

      expect(await system.untilFinal(videoId)).toMatchObject({ status: 'ready' });
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
        const tree = createTree({ queues: system.queues, jobs, missing, ordering: system.database.runs.ordering });
        const fanOut: typeof tree.fanOut = async (run, plan) => {
          await tree.fanOut(run, plan);
          throw new Error('the planner dies');
        };
        await split({ ...context, tree: { fanOut } });
      };
      const jobs = standInJobs(way);
      const videoId = await system.uploadedVideo();
      await system.startRelay(jobs, { reconcileMs: 60_000 });
      await system.startWorker(jobs);

      expect(await system.untilFinal(videoId)).toMatchObject({ status: 'ready' });
      expect(way.diary.filter((entry) => entry.startsWith('encode')).sort()).toEqual(encodes(12));
      expect(way.diary).toContain('package, missing 0');
    });

    test('a failed child keeps its parent waiting, and one retry resumes from it alone', async () => {
      const { queues } = system;
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
      await until('the bad one has failed and the others are done', 10_000, async () => {
        return (await queues.state(failed)) === 'failed' && done.length === 2;
      });
      await wait(300);
      expect(await queues.state(parent)).toBe('waiting-children');

      broken = false;
      expect(await queues.retryFailed(failed)).toBe(true);
      await until('the parent is done', 10_000, async () => (await queues.state(parent)) === 'completed');
      expect(done.slice(2)).toEqual([failed.id, parent.id]);
    });

    test('jobs go by priority, and a handed-in retry keeps its place', async () => {
      const { queues } = system;
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
      await until('all are done', 10_000, async () => order.length === 4);
      expect(order).toEqual(['first', 'second', 'third', 'low']);
    });

    test('what a stopping worker hands back uses no attempt, and another one has it at once', async () => {
      const way = standInWay(2);
      const { encode } = way;
      let hold = true;
      let held = 0;
      way.encode = async (context) => {
        if (!hold) return encode(context);
        await context.tasks.take(context.payload);
        held += 1;
        await new Promise((_, reject) => {
          context.signal.addEventListener('abort', () => reject(new Error('ffmpeg was ended')), { once: true });
        });
      };
      const jobs = standInJobs(way);
      const videoId = await system.uploadedVideo();
      await system.startRelay(jobs);
      const first = await system.startWorker(jobs);
      await until('both encodes are in hand', 10_000, async () => held === 2);

      const startedAt = performance.now();
      await first.stop();
      expect(performance.now() - startedAt).toBeLessThan(3_000);
      const run = await runOf(videoId);
      for (const task of encodes(2)) {
        const job = await system.queues.queue('encode-cpu').getJob(jobId({ ...run, name: task }));
        expect(await job?.getState()).toBe('prioritized');
        expect(job?.attemptsMade).toBe(0);
      }
      hold = false;
      await system.startWorker(jobs);
      expect(await system.untilFinal(videoId)).toMatchObject({ status: 'ready' });
      expect(way.diary.filter((entry) => entry.startsWith('encode')).sort()).toEqual(encodes(2));
    });

    test('an error is tried again with its attempts, and a permanent one fails the video with its code', async () => {
      const { CatalogueError } = await import('../../src/errors/catalogue-error.ts');
      const way = standInWay(2);
      const { encode } = way;
      let tries = 0;
      way.encode = async (context) => {
        tries += 1;
        if (tries < 3) throw new CatalogueError('SERVICE_UNAVAILABLE', 'storage is away');
        await encode(context);
      };
      way.audio = async ({ payload, tasks }) => {
        await tasks.take({ ...payload, name: 'audio' });
        throw new CatalogueError('INPUT_DAMAGED', 'the sound cannot be decoded');
      };
      const jobs = standInJobs(way);
      const videoId = await system.uploadedVideo();
      await system.startRelay(jobs);
      await system.startWorker(jobs, { queueNames: ['control', 'encode-cpu'] });
      await system.startWorker(jobs, { queueNames: ['media'] });

      expect(await system.untilFinal(videoId)).toMatchObject({
        status: 'failed',
        errorCode: 'INPUT_DAMAGED',
        errorDetail: 'the sound cannot be decoded',
      });
      const run = await runOf(videoId);
      expect(await system.queues.state({ queue: 'media', id: jobId({ ...run, name: 'package' }) })).toBe(
        'waiting-children',
      );
      expect(await system.queues.state({ queue: 'media', id: jobId({ ...run, name: 'audio' }) })).toBe('failed');
    });

    test('a job of a worker that was killed comes back, and the run ends', async () => {
      const way = standInWay(2);
      const jobs = standInJobs(way);
      const videoId = await system.uploadedVideo();
      await system.startRelay(jobs);
      await system.startWorker(jobs, { queueNames: ['control', 'media'] });
      const hanging = await startHangingWorker(backend.urls());
      await hanging.kill9();
      await system.startWorker(jobs, { queueNames: ['encode-cpu'] });

      expect(await system.untilFinal(videoId, 60_000)).toMatchObject({ status: 'ready' });
      expect(way.diary.filter((entry) => entry.startsWith('encode')).sort()).toEqual(encodes(2));
      // In the same run: the queue itself brought it back.
      const run = await runOf(videoId);
      const job = await system.queues.queue('encode-cpu').getJob(jobId({ ...run, name: hanging.taskName }));
      expect(job?.attemptsMade).toBe(1);
    });

    test('a queue that has lost everything is rebuilt under a new run, and what is committed is not made again', async () => {
      const way = standInWay(8);
      const { encode } = way;
      let open = 3;
      way.encode = async (context) => {
        if (open <= 0) {
          await new Promise((resolve) => context.signal.addEventListener('abort', resolve, { once: true }));
          context.signal.throwIfAborted();
        }
        open -= 1;
        await encode(context);
      };
      const jobs = standInJobs(way);
      const videoId = await system.uploadedVideo();
      await system.startRelay(jobs);
      const first = await system.startWorker(jobs);
      await until('three encodes are committed', 10_000, async () => {
        const rows = await system.database.videos.tasks((await runOf(videoId)).runId);
        return rows.filter(({ type, status }) => type === 'transcode' && status === 'completed').length === 3;
      });
      const before = await runOf(videoId);
      const made = way.diary.filter((entry) => entry.startsWith('encode'));
      await backend.lose();
      await first.stop();
      open = Number.POSITIVE_INFINITY;
      await system.startWorker(jobs);

      expect(await system.untilFinal(videoId, 60_000)).toMatchObject({ status: 'ready' });
      expect((await runOf(videoId)).runId).not.toBe(before.runId);
      const encoded = way.diary.filter((entry) => entry.startsWith('encode') && !entry.endsWith('again'));
      expect(encoded.slice(0, 3).sort()).toEqual(made.sort());
      expect(encoded.sort()).toEqual(encodes(8));
    });

    test('a job that failed without a reason of ours is put back to work', async () => {
      const way = standInWay(2);
      const jobs = standInJobs(way);
      const videoId = await system.uploadedVideo();
      await system.startRelay(jobs);
      // Ends jobs for good and writes no row, as a database error in the moment of completing can.
      const broken = await system.queues.createWorker(
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
      await system.startWorker(jobs, { queueNames: ['control', 'media'] });
      await until('both encodes have failed', 10_000, async () => failures >= 2);
      await broken.close();
      await system.startWorker(jobs, { queueNames: ['encode-cpu'] });
      expect(await system.untilFinal(videoId)).toMatchObject({ status: 'ready' });
    });
  });
}
