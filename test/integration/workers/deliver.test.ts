import { readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { catalogue } from '../../../src/errors/catalogue.ts';
import { CatalogueError } from '../../../src/errors/catalogue-error.ts';
import { flowNode } from '../../../src/flows/flow-node.ts';
import { jobId, type Pipeline } from '../../../src/jobs/define-job.ts';
import { openTestSystem, type TestSystem, until } from '../../support/queue.ts';
import { queueOnRedis } from '../../support/queue-on-redis.ts';
import { standInJobs } from '../../support/stand-in-jobs.ts';
import { standInWay } from '../../support/stand-in-way.ts';
import { untilAborted } from '../../support/until-aborted.ts';

const services = queueOnRedis();
let system: TestSystem;
beforeEach(async () => {
  await services.lose();
  system = await openTestSystem(services.urls());
});
afterEach(() => system.close());

const start = async (jobs: Pipeline) => {
  const videoId = await system.uploadedVideo();
  await system.startRelay(jobs);
  await system.startWorker(jobs);
  return videoId;
};

test('a job gets a folder of its own that is gone after it, whatever it left there', async () => {
  const way = standInWay(1);
  const folders: string[] = [];
  let files: string[] = [];
  const { audio, thumbnails } = way;
  way.audio = async (context) => {
    files = await readdir(context.workDir);
    await writeFile(join(context.workDir, 'left.m4a'), 'x');
    folders.push(context.workDir);
    await audio(context);
  };
  way.thumbnails = async (context) => {
    folders.push(context.workDir);
    await thumbnails(context);
  };
  const videoId = await start(standInJobs(way));
  expect(await system.untilFinal(videoId)).toMatchObject({ status: 'ready' });
  expect(files).toEqual([]);
  expect(new Set(folders).size).toBe(2);
  // The row is ready a moment before finalize's own folder goes.
  await expect.poll(() => readdir(dirname(folders[0] ?? ''))).toEqual([]);
});

test('a job that takes too long is ended, tried again, and at last fails the video with TASK_TIMEOUT', async () => {
  const way = standInWay(1);
  way.audio = async ({ payload, tasks, signal }) => {
    await tasks.take({ ...payload, name: 'audio' });
    await untilAborted(signal);
    signal.throwIfAborted();
  };
  const jobs = standInJobs(way);
  const videoId = await start({ ...jobs, audio: { ...jobs.audio, timeoutMs: 100 } });
  const video = await system.untilFinal(videoId);
  expect(video).toMatchObject({ status: 'failed', errorCode: 'TASK_TIMEOUT' });
  const id = jobId({ videoId, runId: video.runId ?? '', name: 'audio' });
  const job = () => system.queues.queue('media').getJob(id);
  await expect.poll(job).toMatchObject({ attemptsMade: 3 });
  // The board shows an operator why, and what to do.
  const [why, whatToDo] = (await job())?.failedReason?.split('\n') ?? [];
  expect([why, whatToDo]).toEqual([expect.stringMatching(/^TASK_TIMEOUT: /), catalogue.TASK_TIMEOUT.operatorFix]);
});

test('a job whose lock is lost is ended at once, and leaves the rows to whoever has it now', async () => {
  const way = standInWay(1);
  const { encode } = way;
  const ended: string[] = [];
  let held = 0;
  way.encode = async (context) => {
    held += 1;
    if (held > 1) return encode(context);
    const { payload, tasks, signal } = context;
    await tasks.take(payload);
    await new Promise((_, reject) =>
      signal.addEventListener(
        'abort',
        () => {
          ended.push(String(signal.reason));
          reject(new Error('ffmpeg was ended'));
        },
        { once: true },
      ),
    );
  };
  const videoId = await start(standInJobs(way));
  await until('the encode is in hand', 30_000, async () => held === 1);
  await services.lose(); // its lock goes with all the rest
  expect(await system.untilFinal(videoId)).toMatchObject({ status: 'ready', errorCode: null });
  await until('the first delivery was ended', 30_000, async () => ended.length === 1);
  expect(ended[0]).toMatch(/lock of this job is lost/);
});

test('a job that meets a Postgres that is away before it begins uses no attempt', async () => {
  const { runs } = system.database;
  const { isCurrent } = runs;
  let away = 2;
  runs.isCurrent = async (runId) => {
    if (away-- > 0) throw new CatalogueError('SERVICE_UNAVAILABLE', 'Postgres does not answer');
    return isCurrent(runId);
  };
  const videoId = await start(standInJobs(standInWay(1)));
  const { runId } = await system.untilFinal(videoId);
  const probe = await system.queues.queue('media').getJob(jobId({ videoId, runId: runId ?? '', name: 'probe' }));
  expect(probe?.attemptsMade).toBe(1);
  expect(await system.database.videos.find(videoId)).toMatchObject({ status: 'ready' });
});

test('a job of a superseded run ends without a word to the video', async () => {
  const way = standInWay(1);
  const jobs = standInJobs(way);
  const videoId = await system.uploadedVideo();
  const old = (await system.database.videos.find(videoId))?.runId ?? '';
  const run = await system.database.runs.rebuild(old, 'a test');
  await system.queues.add(flowNode(jobs.audio, { videoId, runId: old }, { priority: 1 }));
  await system.startWorker(jobs);
  const ref = { queue: 'media' as const, id: jobId({ videoId, runId: old, name: 'audio' }) };
  await until('the old job has ended', 30_000, async () => (await system.queues.state(ref)) === 'failed');
  expect(way.diary).toEqual([]);
  expect(await system.database.videos.find(videoId)).toMatchObject({ status: 'uploaded', runId: run, errorCode: null });
});

test('INTERNAL: a job that cannot be read fails its video, instead of coming back for ever', async () => {
  const jobs = standInJobs();
  const videoId = await system.uploadedVideo();
  const runId = (await system.database.videos.find(videoId))?.runId ?? '';
  const node = flowNode(jobs.probe, { videoId, runId }, { priority: 1 });
  await system.queues.add({ ...node, data: { videoId } });
  await system.startWorker(jobs);
  expect(await system.untilFinal(videoId)).toMatchObject({ status: 'failed', errorCode: 'INTERNAL' });
});
