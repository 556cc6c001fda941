import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { planTasks } from '../../../src/plan/task-specs.ts';
import { type OpenTestDatabase, openTestDatabase } from '../../support/open-test-database.ts';
import { probeOf } from '../../support/plan-inputs.ts';
import { seedVideo } from '../../support/seed-video.ts';
import { smallPlan } from '../../support/small-plan.ts';

let open: OpenTestDatabase;
beforeAll(async () => {
  open = await openTestDatabase();
});
afterAll(() => open.close());

const port = () => open.database.jobPorts('wrk_1').tasks;
const reopen = (runId: string, name = 'probe') => open.database.runs.reopen({ runId, name });
const damaged = { code: 'INPUT_DAMAGED', detail: 'at 3 s' };
const videoOf = async (videoId: string) =>
  (await open.query('SELECT status, completed_at, error_code, error_detail FROM videos WHERE id = $1', [videoId]))[0];
const runOf = async (runId: string) =>
  (await open.query('SELECT status, finished_at FROM runs WHERE id = $1', [runId]))[0];
const taskOf = async (runId: string, name: string) =>
  (await open.query('SELECT * FROM transcoding_tasks WHERE run_id = $1 AND name = $2', [runId, name]))[0];

const encode = (index: number) => `encode.h264.000${index}.all`;

/** Probed and split into three encodes. */
async function planned() {
  const { videoId, runId } = await seedVideo(open.database, 'transcoding');
  const take = (name: string) => port().take({ videoId, runId, name });
  const commit = async (...names: string[]) => {
    for (const name of names) await port().commit(await take(name), []);
  };
  await port().commitProbe(await take('probe'), [], probeOf());
  const split = await take('split');
  const plan = smallPlan(3);
  await port().savePlan(split, plan, planTasks({ key: plan.source.key, bytes: 1_000, etag: 'abc' }, plan, '5.1'));
  await port().commit(split, []);
  return { videoId, runId, take, commit };
}

test('a failed run is open again, its video back at work, and its news have been told once', async () => {
  const { videoId, runId } = await seedVideo(open.database, 'failed');
  expect(await open.database.runs.isCurrent(runId)).toBe(false);
  expect(await reopen(runId)).toBe(true);
  expect(await open.database.runs.isCurrent(runId)).toBe(true);
  expect(await runOf(runId)).toEqual({ status: 'open', finished_at: null });
  expect(await videoOf(videoId)).toEqual({
    status: 'probing',
    completed_at: null,
    error_code: null,
    error_detail: null,
  });
  expect(await taskOf(runId, 'probe')).toMatchObject({
    status: 'retrying',
    retry_count: 1,
    error_code: null,
    error_detail: null,
    completed_at: null,
  });
  expect((await open.database.runs.open()).map((run) => run.runId)).toContain(runId);

  await open.database.tasks.failed({ runId, name: 'probe' }, damaged);
  expect(await videoOf(videoId)).toMatchObject({ status: 'failed', error_code: damaged.code });
  const news = await open.query(`SELECT FROM outbox WHERE video_id = $1 AND topic = 'video.failed'`, [videoId]);
  expect(news).toHaveLength(2);
});

test('what failed and what was given up is to be done again, what is committed stays, and no death is counted', async () => {
  const { videoId, runId, take, commit } = await planned();
  await commit(encode(0));
  await take(encode(1));
  await take('audio');
  await open.query(`UPDATE transcoding_tasks SET deaths = 3 WHERE run_id = $1 AND name = $2`, [runId, encode(1)]);
  await open.database.tasks.failed({ runId, name: encode(1) }, { code: 'TASK_POISONED', detail: '3 workers died' });
  const before = await taskOf(runId, encode(0));

  expect(await reopen(runId, encode(1))).toBe(true);
  expect(await videoOf(videoId)).toMatchObject({ status: 'transcoding', error_code: null });
  expect(await taskOf(runId, encode(0))).toEqual(before);
  expect(await taskOf(runId, encode(1))).toMatchObject({ status: 'retrying', deaths: 0, error_code: null });
  expect(await taskOf(runId, encode(2))).toMatchObject({ status: 'pending' });
  expect(await taskOf(runId, 'audio')).toMatchObject({ status: 'pending' });
  expect((await take('audio')).committed).toBe(false);
  expect(await taskOf(runId, 'audio')).toMatchObject({ status: 'running', deaths: 0, fence: 2 });
});

test('a sibling that was still worked on may commit, and nobody else at its fence', async () => {
  const { runId, take } = await planned();
  const sibling = await take(encode(2));
  await open.database.tasks.failed({ runId, name: encode(1) }, damaged);
  await reopen(runId, encode(1));
  await port().commit(sibling, []);
  expect(await taskOf(runId, encode(2))).toMatchObject({ status: 'completed' });
  expect(await take(encode(2))).toMatchObject({ committed: true });
});

test.each([
  ['an encode', encode(0), [], 'transcoding'],
  ['the thumbnails before the encodes are done', 'thumbnails', [encode(0)], 'transcoding'],
  ['the thumbnails after them', 'thumbnails', [encode(0), encode(1), encode(2), 'audio'], 'packaging'],
  ['package', 'package', [encode(0), encode(1), encode(2), 'audio'], 'packaging'],
] as const)('%s failed: the video is back where its tasks are', async (_name, failed, committed, status) => {
  const { videoId, runId, commit } = await planned();
  await commit(...committed);
  await open.database.tasks.failed({ runId, name: failed }, damaged);
  expect(await reopen(runId, failed)).toBe(true);
  expect(await videoOf(videoId)).toMatchObject({ status });
});

test('of several at once one reopens, and the others find it open', async () => {
  const { runId } = await seedVideo(open.database, 'failed');
  const results = await Promise.all([1, 2, 3].map(() => reopen(runId)));
  expect(results.sort()).toEqual([false, false, true]);
  expect(await taskOf(runId, 'probe')).toMatchObject({ status: 'retrying', retry_count: 1 });
});

test('commits, failures and reopenings of one run at once end in one of its states', async () => {
  const { videoId, runId, take } = await planned();
  const taken = await Promise.all([0, 1, 2].map((index) => take(encode(index))));
  await open.database.tasks.failed({ runId, name: 'audio' }, damaged);
  await Promise.all([
    ...taken.map((task) => port().commit(task, [])),
    ...[1, 2, 3].map(() => reopen(runId, 'audio')),
    ...[1, 2, 3].map(() => open.database.tasks.failed({ runId, name: 'thumbnails' }, damaged)),
  ]);
  for (const task of taken) expect(await taskOf(runId, task.name)).toMatchObject({ status: 'completed' });
  const ended = [(await videoOf(videoId))?.status, (await runOf(runId))?.status];
  expect([
    ['failed', 'failed'],
    ['transcoding', 'open'],
  ]).toContainEqual(ended);
});

describe('nothing is written', () => {
  test.each(['uploaded', 'probing', 'transcoding', 'packaging'] as const)(
    'of a run that is open: %s',
    async (state) => {
      const { videoId, runId } = await seedVideo(open.database, state);
      await port().take({ videoId, runId, name: 'probe' });
      expect(await reopen(runId)).toBe(false);
      expect(await videoOf(videoId)).toMatchObject({ status: state });
      expect(await taskOf(runId, 'probe')).toMatchObject({ status: 'running' });
    },
  );

  test.each([
    ['ready', 'completed'],
    ['ready', 'failed'],
    ['cancelled', 'failed'],
    ['cancelled', 'open'],
    ['removed', 'failed'],
    ['expired', 'failed'],
    ['failed', 'completed'],
    ['failed', 'superseded'],
    ['failed', 'open'],
    ['transcoding', 'failed'],
  ])('of a video that is %s with a run that is %s', async (video, run) => {
    const { videoId, runId } = await seedVideo(open.database, 'failed');
    await open.query('UPDATE videos SET status = $2::"VideoStatus" WHERE id = $1', [videoId, video]);
    await open.query('UPDATE runs SET status = $2::"RunStatus" WHERE id = $1', [runId, run]);
    const before = [await videoOf(videoId), await runOf(runId), await taskOf(runId, 'probe')];
    await expect(reopen(runId)).rejects.toMatchObject({
      code: 'RUN_SUPERSEDED',
      message: expect.stringContaining(`run ${runId} is ${run}, its video ${video}`),
    });
    expect([await videoOf(videoId), await runOf(runId), await taskOf(runId, 'probe')]).toEqual(before);
  });

  test('of a run that a newer one superseded, whatever became of that', async () => {
    const { videoId, runId } = await seedVideo(open.database, 'transcoding');
    const newRun = (await open.database.runs.rebuild(runId, 'lost')) ?? '';
    const refused = { code: 'RUN_SUPERSEDED', message: expect.stringContaining(newRun) };
    await expect(reopen(runId)).rejects.toMatchObject(refused);
    await open.database.tasks.failed({ runId: newRun, name: 'probe' }, damaged);
    await expect(reopen(runId)).rejects.toMatchObject(refused);
    expect(await videoOf(videoId)).toMatchObject({ status: 'failed' });
    expect(await runOf(runId)).toMatchObject({ status: 'superseded' });
  });

  test('where there is no such run or task', async () => {
    const { videoId, runId } = await seedVideo(open.database, 'failed');
    await expect(reopen('run_none')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(reopen(runId, 'encode.none')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await videoOf(videoId)).toMatchObject({ status: 'failed' });
  });
});
