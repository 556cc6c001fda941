import { readdir } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { scopes } from '../../../src/database/scopes.ts';
import { CatalogueError } from '../../../src/errors/catalogue-error.ts';
import { createTree } from '../../../src/flows/create-tree.ts';
import { type QueueName, queueNames } from '../../../src/jobs/queues.ts';
import { startApi, type TestApi } from '../../support/api.ts';
import { openTestSystem, type TestSystem, until } from '../../support/queue.ts';
import { standInJobs } from '../../support/stand-in-jobs.ts';
import { standInWay } from '../../support/stand-in-way.ts';
import { untilAborted } from '../../support/until-aborted.ts';

const encode = (index: number) => `encode.h264.000${index}.all`;

/** What creators and operators ask for, with real rows, a real queue of either kind and workers, and stand-ins for media. */
describe.each(['redis', 'postgres'] as const)('control over videos, queue on %s', (queueOn) => {
  let api: TestApi;
  let system: TestSystem;
  let owner: string;
  let operator: string;
  beforeAll(async () => {
    api = await startApi({}, { queueOn });
    owner = await api.key({ creatorId: 'creator' });
    operator = await api.key({ scopes });
  });
  afterAll(() => api?.stop());
  beforeEach(async () => {
    system = await openTestSystem(api.urls, { storage: api.storage });
  });
  afterEach(() => system.close());

  const ask = (videoId: string, what: string, body?: unknown, key = owner) =>
    api.call('POST', `/api/v1/videos/${videoId}/${what}`, { key, body });
  const video = async (videoId: string) => (await system.database.videos.find(videoId)) ?? expect.unreachable();

  /** Nothing of any run is in any queue, in whatever state, and no job has a folder. */
  const untilNothingIsLeft = async () => {
    await until('the queues are empty', 30_000, async () => {
      const counts = await Promise.all(queueNames.map((name) => api.queues.queue(name).getJobCounts()));
      return counts.every((of) => Object.values(of).every((count) => count === 0));
    });
    expect(await readdir(system.workRoot)).toEqual([]);
  };

  /** A way whose encodes hang but for the first, until `go`; and how many hang, and have been told to stop. */
  const hangingWay = (segments: number) => {
    const way = standInWay(segments);
    const { encode: make } = way;
    const state = { begun: 0, hangs: 0, stopped: 0, go: false };
    way.encode = async (context) => {
      state.begun += 1;
      if (state.go || state.begun === 1) return make(context);
      await context.tasks.take(context.payload);
      state.hangs += 1;
      await untilAborted(context.signal);
      state.stopped += 1;
      throw new CatalogueError('INPUT_DAMAGED', 'a tool that is killed says anything');
    };
    return { way, state, jobs: standInJobs(way) };
  };

  test('a cancel ends what runs within seconds, leaves nothing, and a retry goes on where it was', async () => {
    const { way, state, jobs } = hangingWay(5);
    const videoId = await system.uploadedVideo();
    await system.startRelay(jobs, { reconcileMs: 60_000 });
    await system.startWorker(jobs);
    await until('two encodes hang', 30_000, async () => state.hangs === 2);
    const before = await video(videoId);

    const answer = await ask(videoId, 'cancel');
    expect([answer.status, answer.body]).toEqual([202, { video_id: videoId, status: 'cancelled' }]);
    await until('they are told to stop', 30_000, async () => state.stopped === 2);
    await untilNothingIsLeft();
    expect((await ask(videoId, 'cancel')).status).toBe(202);
    expect(await video(videoId)).toMatchObject({ status: 'cancelled', errorCode: null, runId: before.runId });
    const job = await api.call('GET', `/api/v1/jobs/${videoId}.${before.runId}.finalize`, { key: owner });
    expect(job.body).toMatchObject({ status: 'cancelled' });
    expect(state).toMatchObject({ hangs: 2, stopped: 2 }); // nobody tries them again

    state.go = true;
    const made = way.diary.filter((entry) => entry.startsWith('encode'));
    const retried = await ask(videoId, 'retry');
    expect(retried.status).toBe(202);
    const { runId } = await video(videoId);
    expect(retried.body).toEqual({
      ...{ status: 'retrying', retry_from: 'transcode', video_id: videoId },
      job_id: `${videoId}.${runId}.finalize`,
    });
    expect(await system.untilFinal(videoId)).toMatchObject({ status: 'ready', runId });
    const encoded = way.diary.filter((entry) => entry.startsWith('encode') && !entry.endsWith('again'));
    expect(encoded.slice(0, 1)).toEqual(made);
    expect(encoded.sort()).toEqual([0, 1, 2, 3, 4].map(encode));
    expect(way.diary.filter((entry) => entry === 'probe')).toEqual(['probe']);
    // For the tests that look into the queue.
    await until('its tree is removed', 30_000, () =>
      system.queues.removeTree({ queue: 'control', id: retried.body.job_id }),
    );
  });

  test('a removal ends the work on a video, and what waits is taken out whole', async () => {
    const { state, jobs } = hangingWay(4);
    const videoId = await system.uploadedVideo();
    await system.startRelay(jobs, { reconcileMs: 60_000 });
    await system.startWorker(jobs);
    await until('two encodes hang', 30_000, async () => state.hangs === 2);
    const remove = () => api.call('DELETE', `/api/v1/videos/${videoId}`, { key: owner });
    expect((await remove()).status).toBe(204);
    await until('they are told to stop', 30_000, async () => state.stopped === 2);
    await untilNothingIsLeft();
    expect((await remove()).status).toBe(204);
    const { status, body } = await api.call('GET', `/api/v1/videos/${videoId}`, { key: owner });
    expect([status, body]).toMatchObject([200, { status: 'removed', title: 'A test', hls_url: null, playable: false }]);
    for (const what of ['retry', 'cancel']) {
      const refused = await ask(videoId, what);
      expect([refused.status, refused.body.code]).toEqual([409, 'VIDEO_STATE_CONFLICT']);
    }
  });

  test('a retry from a step makes that anew, and what is made of it', async () => {
    const way = standInWay(3);
    const { package: pack } = way;
    let broken = true;
    way.package = async (context) => {
      if (!broken) return pack(context);
      await context.tasks.take({ ...context.payload, name: 'package' });
      throw new CatalogueError('INPUT_DAMAGED', 'it cannot be packed');
    };
    const jobs = standInJobs(way);
    const videoId = await system.uploadedVideo();
    await system.startRelay(jobs);
    await system.startWorker(jobs);
    expect(await system.untilFinal(videoId)).toMatchObject({ status: 'failed' });
    await until('thumbnails are made', 30_000, async () => way.diary.includes('thumbnails'));
    way.diary.length = 0;
    expect((await ask(videoId, 'retry', { from_step: 'transcode' })).body).toMatchObject({ retry_from: 'transcode' });
    expect(await system.untilFinal(videoId)).toMatchObject({ status: 'failed' });
    expect(way.diary.filter((entry) => !entry.endsWith('again')).sort()).toEqual([...[0, 1, 2].map(encode), 'split']);

    way.diary.length = 0;
    broken = false;
    expect((await ask(videoId, 'retry', { from_step: 'package' })).body).toMatchObject({ retry_from: 'package' });
    const ready = await system.untilFinal(videoId);
    expect(ready).toMatchObject({ status: 'ready', errorCode: null });
    const worked = way.diary.filter((entry) => !entry.endsWith('again'));
    expect(worked).toEqual(['split', 'package, missing 0', 'finalize, missing 0']);
    const odd = await ask(videoId, 'retry', { from_step: 'finalize' });
    expect([odd.status, odd.body.code]).toEqual([400, 'REQUEST_MALFORMED']);
  });

  test('a raised video’s segments overtake the backlog of others, and each is worked on once', async () => {
    const way = standInWay(6);
    const { encode: make, split } = way;
    const order: string[] = [];
    const raised: string[] = [];
    let hold = true;
    let held = false;
    way.encode = async (context) => {
      held = true;
      await until('it may go on', 20_000, async () => !hold);
      order.push(context.payload.videoId);
      await make(context);
    };
    const untilRaised = async (videoId: string, queue: QueueName, name: string) => {
      const id = `${videoId}.${(await video(videoId)).runId}.${name}`;
      await until(`${id} is raised`, 30_000, async () => {
        const job = await api.queues.queue(queue).getJob(id);
        return (job?.priority ?? Number.POSITIVE_INFINITY) < 1_000;
      });
    };
    // The second is raised once its split has read its priority, and before its jobs are there: none of them is left behind.
    way.split = async (context) => {
      const { videoId } = context.payload;
      if (!raised.includes(videoId)) return split(context);
      let read = 0;
      const ordering = async (runId: string) => {
        const before = await system.database.runs.ordering(runId);
        read += 1;
        if (read === 1) {
          expect((await ask(videoId, 'priority', { priority: 'urgent' }, operator)).status).toBe(202);
          await untilRaised(videoId, 'control', 'finalize');
        }
        return before;
      };
      await split({
        ...context,
        tree: createTree({ queues: system.queues, jobs, missing: context.tasks.missing, ordering }),
      });
    };
    const jobs = standInJobs(way);
    await system.startRelay(jobs);
    const untilSplit = async (videoId: string) =>
      until(`${videoId} is split`, 30_000, async () => {
        const tasks = await system.database.videos.tasks((await video(videoId)).runId ?? '');
        return tasks.some(({ type, status }) => type === 'split' && status === 'completed');
      });
    const others = [await system.uploadedVideo({ priority: 'high' }), await system.uploadedVideo()];
    await system.startWorker(jobs, { slots: 1 });
    for (const videoId of others) await untilSplit(videoId);
    const early = await system.uploadedVideo({ priority: 'low' });
    await untilSplit(early);
    const during = await system.uploadedVideo({ priority: 'low' });
    raised.push(during);
    await untilSplit(during);
    await until('an encode is in hand', 30_000, async () => held);

    expect((await ask(early, 'priority', { priority: 'urgent' })).body.code).toBe('FORBIDDEN');
    expect((await ask(early, 'priority', { priority: 'urgent' }, operator)).status).toBe(202);
    await untilRaised(early, 'encode-cpu', encode(5));
    hold = false;
    for (const videoId of [...others, early, during]) {
      expect(await system.untilFinal(videoId)).toMatchObject({ status: 'ready' });
    }
    // One was in hand already.
    expect(new Set(order.slice(1, 13))).toEqual(new Set([early, during]));
    expect(order).toHaveLength(24);
    expect(way.diary.filter((entry) => entry.endsWith('again'))).toEqual([]);
  });
});
