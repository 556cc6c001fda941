import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { boardPath } from '../../../src/api/service/board.ts';
import { scopes } from '../../../src/database/scopes.ts';
import { CatalogueError } from '../../../src/errors/catalogue-error.ts';
import { flowNode } from '../../../src/flows/flow-node.ts';
import type { JobRef } from '../../../src/flows/queue-connection.ts';
import { jobId, type Pipeline } from '../../../src/jobs/define-job.ts';
import type { QueueName } from '../../../src/jobs/queues.ts';
import { startApi, type TestApi } from '../../support/api.ts';
import { openTestSystem, type TestSystem, until } from '../../support/queue.ts';
import { standInJobs } from '../../support/stand-in-jobs.ts';
import { standInWay } from '../../support/stand-in-way.ts';

const encode = (index: number) => `encode.h264.000${index}.all`;

/** A retry on the board is what an operator has when a video failed: on either queue it must bring that video to its end. */
describe.each(['redis', 'postgres'] as const)('retry on the board, queue on %s', (queueOn) => {
  let api: TestApi;
  let system: TestSystem;
  let operator: string;
  beforeAll(async () => {
    api = await startApi({}, { queueOn });
    operator = await api.key({ scopes });
  });
  afterAll(() => api?.stop());
  beforeEach(async () => {
    system = await openTestSystem(api.urls);
  });
  afterEach(() => system.close());

  const retry = ({ queue, id }: JobRef, key?: string) =>
    api.call('PUT', `${boardPath}/api/queues/${queue}/${id}/retry`, { key });
  const jobOf = async (videoId: string, queue: QueueName, name: string): Promise<JobRef> => {
    const runId = (await system.database.videos.find(videoId))?.runId ?? '';
    return { queue, id: jobId({ videoId, runId, name }) };
  };
  const untilFailed = (ref: JobRef) =>
    until(`${ref.id} is failed`, 30_000, async () => (await api.queues.state(ref)) === 'failed');
  const untilReason = (videoId: string, detail: string) =>
    until(`the video failed: ${detail}`, 30_000, async () => {
      const video = await system.database.videos.find(videoId);
      return video?.status === 'failed' && video.errorDetail === detail;
    });
  const start = async (jobs: Pipeline) => {
    const videoId = await system.uploadedVideo();
    await system.startRelay(jobs);
    await system.startWorker(jobs, { slots: 1 });
    return videoId;
  };

  test('brings a video that an encode failed to ready, with every task committed once', async () => {
    const way = standInWay(5);
    const { encode: make } = way;
    const encodes = [0, 1, 2, 3, 4].map(encode);
    const made = () => encodes.filter((name) => way.diary.includes(name));
    let broken = '';
    let repaired = false;
    // A worker takes what stands in the queue, and the fan-out adds in no order: so the first that comes is made, the second
    // fails, whichever they are, and with one slot the others come when the run is over.
    way.encode = async (context) => {
      if (repaired || made().length === 0) return make(context);
      broken = context.payload.name;
      await context.tasks.take(context.payload);
      throw new CatalogueError('INPUT_DAMAGED', 'frames are missing');
    };
    const videoId = await start(standInJobs(way));
    expect(await system.untilFinal(videoId)).toMatchObject({ status: 'failed', errorCode: 'INPUT_DAMAGED' });
    const failed = await jobOf(videoId, 'encode-cpu', broken);
    await untilFailed(failed);
    // Its siblings are given up, for the run is over: nobody but the reconciler brings them back.
    const givenUp = encodes.filter((name) => name !== broken && !made().includes(name));
    expect(givenUp).toHaveLength(3);
    for (const name of givenUp) await untilFailed(await jobOf(videoId, 'encode-cpu', name));
    const before = await system.database.videos.find(videoId);

    expect((await retry(failed)).status).toBe(401);
    const stranger = await retry(failed, await api.key());
    expect([stranger.status, stranger.body.code]).toEqual([403, 'FORBIDDEN']);
    expect(await system.database.videos.find(videoId)).toEqual(before);
    expect(await api.queues.state(failed)).toBe('failed');

    repaired = true;
    expect((await retry(failed, operator)).status).toBe(204);
    const ready = await system.untilFinal(videoId);
    expect(ready).toMatchObject({ status: 'ready', runId: before?.runId, errorCode: null, errorDetail: null });
    expect([...way.diary].sort()).toEqual(
      [...['probe', 'split', 'audio', 'thumbnails', 'package, missing 0', 'finalize, missing 0'], ...encodes].sort(),
    );
    const tasks = await system.database.videos.tasks(ready.runId ?? '');
    expect(tasks.filter(({ status, errorCode }) => status !== 'completed' || errorCode !== null)).toEqual([]);
    const root = await jobOf(videoId, 'control', 'finalize');
    await until('the tree is done', 30_000, async () => (await api.queues.state(root)) === 'completed');
    expect((await retry(failed, operator)).body.code).toBe('QUEUE_ACTION_REFUSED');
  });

  test('takes up package, given up while another branch had failed', async () => {
    const way = standInWay(1);
    const { thumbnails } = way;
    let broken = true;
    let hearing = false;
    way.thumbnails = async (context) => {
      if (!broken) return thumbnails(context);
      await context.tasks.take({ ...context.payload, name: 'thumbnails' });
      await until('only audio is left', 30_000, async () => hearing && way.diary.includes(encode(0)));
      throw new CatalogueError('INPUT_DAMAGED', 'no picture');
    };
    // Taken in time, and committed after the end: with it package is released, of a run that is over.
    way.audio = async ({ payload, tasks }) => {
      const task = await tasks.take({ ...payload, name: 'audio' });
      hearing = true;
      await untilReason(payload.videoId, 'no picture');
      await tasks.commit(task, []);
    };
    const videoId = await start(standInJobs(way));
    await untilReason(videoId, 'no picture');
    const failed = await jobOf(videoId, 'media', 'thumbnails');
    await Promise.all([untilFailed(failed), untilFailed(await jobOf(videoId, 'media', 'package'))]);

    broken = false;
    expect((await retry(failed, operator)).status).toBe(204);
    expect(await system.untilFinal(videoId)).toMatchObject({ status: 'ready' });
    expect(way.diary.filter((entry) => /package|finalize|thumbnails/.test(entry)).sort()).toEqual([
      'finalize, missing 0',
      'package, missing 0',
      'thumbnails',
    ]);
  });

  test('of a job without attempts left is one more try, which ends in a reason on the rows or in ready', async () => {
    const way = standInWay(1);
    const { encode: make } = way;
    let trouble: string | null = 'a tool hung';
    let tries = 0;
    way.encode = async (context) => {
      if (trouble === null) return make(context);
      tries += 1;
      await context.tasks.take(context.payload);
      throw new CatalogueError('PROCESS_STALLED', trouble);
    };
    const videoId = await start(standInJobs(way));
    await untilReason(videoId, 'a tool hung');
    expect(tries).toBe(3);
    const failed = await jobOf(videoId, 'encode-cpu', encode(0));
    await untilFailed(failed);

    trouble = 'a tool hung again';
    expect((await retry(failed, operator)).status).toBe(204);
    await untilReason(videoId, trouble);
    await untilFailed(failed);
    expect(tries).toBe(4);
    const { runId } = (await system.database.videos.find(videoId)) ?? {};
    expect(await system.database.videos.tasks(runId ?? '')).toContainEqual(
      expect.objectContaining({ name: encode(0), status: 'failed', errorDetail: trouble }),
    );
    expect(await system.database.runs.isCurrent(runId ?? '')).toBe(false);

    trouble = null;
    expect((await retry(failed, operator)).status).toBe(204);
    expect(await system.untilFinal(videoId)).toMatchObject({ status: 'ready', runId });
  });

  test('of a superseded run is refused, and its job stays as it is', async () => {
    const jobs = standInJobs(standInWay(1));
    const videoId = await system.uploadedVideo();
    const old = await jobOf(videoId, 'media', 'probe');
    const runId = (await system.database.videos.find(videoId))?.runId ?? '';
    const newRun = await system.database.runs.rebuild(runId, 'a test');
    await system.queues.add(flowNode(jobs.probe, { videoId, runId }, { priority: 1 }));
    await system.startWorker(jobs);
    await untilFailed(old);

    const answer = await retry(old, operator);
    expect([answer.status, answer.body.code]).toEqual([409, 'RUN_SUPERSEDED']);
    expect(answer.body.detail).toContain(String(newRun));
    expect(await api.queues.state(old)).toBe('failed');
    expect(await system.database.videos.find(videoId)).toMatchObject({ status: 'uploaded', runId: newRun });
  });
});
