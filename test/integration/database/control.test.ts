import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RetryStep, retrySteps } from '../../../src/database/retry-step.ts';
import type { Artefact } from '../../../src/jobs/services.ts';
import { planTasks } from '../../../src/plan/task-specs.ts';
import { type OpenTestDatabase, openTestDatabase } from '../../support/open-test-database.ts';
import { probeOf } from '../../support/plan-inputs.ts';
import { type SeededVideo, seedVideo } from '../../support/seed-video.ts';
import { smallPlan } from '../../support/small-plan.ts';

let open: OpenTestDatabase;
beforeAll(async () => {
  open = await openTestDatabase();
});
afterAll(() => open.close());

const plan = smallPlan(2);
const damaged = { code: 'INPUT_DAMAGED', detail: 'at 3 s' };
const encodes = ['encode.h264.0000.all', 'encode.h264.0001.all'];
const artefact = (key: string): Artefact => ({
  ...{ kind: 'output', rendition: null, segmentIndex: null, key, size: 10, sha256: 'ab', facts: {} },
});
const port = () => open.database.jobPorts('wrk_1').tasks;
const runsOf = (videoId: string) =>
  open.query('SELECT id, number, status, reason, redo FROM runs WHERE video_id = $1 ORDER BY number', [videoId]);
const videoOf = async (videoId: string) => (await open.query('SELECT * FROM videos WHERE id = $1', [videoId]))[0];
const outboxOf = async (videoId: string) =>
  (await open.query('SELECT topic FROM outbox WHERE video_id = $1 ORDER BY id', [videoId])).map(({ topic }) => topic);
const committedOf = async (runId: string) =>
  (
    await open.query(`SELECT name FROM transcoding_tasks WHERE run_id = $1 AND status = 'completed' ORDER BY name`, [
      runId,
    ])
  ).map(({ name }) => name);

async function commit(ref: { videoId: string; runId: string; name: string }) {
  const task = await port().take(ref);
  if (task.committed) return;
  const key = `segments/${ref.runId}/${ref.name}`;
  if (ref.name === 'probe') await port().commitProbe(task, [artefact(key)], probeOf());
  else await port().commit(task, [artefact(key)]);
}

/** Splits a run: its rows are there, and what may be is taken over. */
async function split({ videoId, runId, row }: SeededVideo) {
  const source = { key: row.originalKey, bytes: row.fileSize, etag: row.originalEtag ?? '' };
  const task = await port().take({ videoId, runId, name: 'split' });
  await port().savePlan(task, plan, planTasks(source, plan, '5.1'));
  await port().commit(task, []);
}

/** A video of which all is committed up to its package, which fails. */
async function failedAtPackage() {
  const seeded = await seedVideo(open.database, 'transcoding');
  const ref = (name: string) => ({ ...seeded, name });
  await commit(ref('probe'));
  await split(seeded);
  for (const name of [...encodes, 'audio', 'thumbnails']) await commit(ref(name));
  await port().take(ref('package'));
  await open.database.tasks.failed(ref('package'), damaged);
  return seeded;
}

describe('a retry', () => {
  const all = ['audio', ...encodes, 'probe', 'thumbnails'];
  test.each<[RetryStep | undefined, string[]]>([
    [undefined, all],
    ['package', all],
    ['thumbnails', ['audio', ...encodes, 'probe']],
    ['audio', [...encodes, 'probe', 'thumbnails']],
    ['transcode', ['audio', 'probe', 'thumbnails']],
    ['split', ['probe']],
    ['probe', []],
  ])('from %s takes over %j, and no more when it is rebuilt', async (step, kept) => {
    const seeded = await failedAtPackage();
    const retried = await open.database.control.retry(seeded.videoId, step);
    expect(retried.step).toBe(step ?? 'package');
    const again = { ...seeded, runId: retried.runId };
    if (step === 'probe') await commit({ ...again, name: 'probe' });
    await split(again);
    const now = await committedOf(again.runId);
    expect(now.filter((name) => name !== 'split' && (name !== 'probe' || step !== 'probe'))).toEqual(kept);

    // A queue that is lost meanwhile: what this run has made is taken over, and nothing that it was to make anew.
    const anew = encodes.find((name) => !kept.includes(name));
    if (anew) await commit({ ...again, name: anew });
    const third = { ...again, runId: (await open.database.runs.rebuild(again.runId, 'a test')) ?? '' };
    await split(third);
    const expected = new Set([...kept, 'probe', ...(anew ? [anew] : []), 'split']);
    expect(await committedOf(third.runId)).toEqual([...expected].sort());
  });

  test('is a new run with an outbox entry, and its video waits to be worked on', async () => {
    const { videoId, runId } = await failedAtPackage();
    const retried = await open.database.control.retry(videoId, 'transcode');
    expect(await runsOf(videoId)).toEqual([
      { id: runId, number: 1, status: 'superseded', reason: 'uploaded', redo: '{}' },
      {
        ...{ id: retried.runId, number: 2, status: 'open', reason: 'retry from transcode' },
        redo: '{transcode,package,finalize}',
      },
    ]);
    expect(await videoOf(videoId)).toMatchObject({
      ...{ status: 'uploaded', run_id: retried.runId, error_code: null, error_detail: null },
      ...{ started_at: null, completed_at: null },
    });
    expect(await outboxOf(videoId)).toEqual(['run.submit', 'video.failed', 'run.submit']);
    expect(await open.database.runs.isCurrent(retried.runId)).toBe(true);
    expect(await open.database.runs.isCurrent(runId)).toBe(false);
  });

  test('does not take what an old worker commits after it, where it makes that anew', async () => {
    const seeded = await seedVideo(open.database, 'transcoding');
    await commit({ ...seeded, name: 'probe' });
    await split(seeded);
    const late = await port().take({ ...seeded, name: encodes[0] ?? '' });
    await open.database.tasks.failed({ ...seeded, name: 'audio' }, damaged);
    const { runId } = await open.database.control.retry(seeded.videoId, 'transcode');
    await split({ ...seeded, runId });
    await port().commit(late, [artefact('late')]);
    expect(await port().take({ ...seeded, runId, name: encodes[0] ?? '' })).toMatchObject({ committed: false });
    expect(await port().take({ ...seeded, runId, name: 'probe' })).toMatchObject({ committed: true });
  });

  test('comes twice at once, and makes one run', async () => {
    const { videoId } = await failedAtPackage();
    const answers = await Promise.allSettled([1, 2, 3, 4].map(() => open.database.control.retry(videoId, undefined)));
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const answer of answers) {
      if (answer.status === 'rejected') expect(answer.reason.code).toBe('VIDEO_STATE_CONFLICT');
    }
    expect(await runsOf(videoId)).toHaveLength(2);
  });
});

const states = ['awaiting_upload', 'uploaded', 'probing', 'transcoding', 'packaging', 'ready', 'failed'] as const;

describe('the state of a video', () => {
  test.each(
    [
      ...(['awaiting_upload', 'uploaded', 'transcoding', 'ready'] as const).map((state) => ['retry', state] as const),
      ...(['ready', 'failed'] as const).map((state) => ['cancel', state] as const),
      ['prioritise', 'ready'] as const,
    ].map(([what, state]) => [what, state, 'VIDEO_STATE_CONFLICT'] as const),
  )('can forbid to %s it: %s ends with %s', async (what, state, code) => {
    const { control } = open.database;
    const { videoId } = await seedVideo(open.database, state);
    const before = await videoOf(videoId);
    const doIt = {
      retry: () => control.retry(videoId, undefined),
      cancel: () => control.cancel(videoId),
      prioritise: () => control.prioritise(videoId, 'high'),
    };
    await expect(doIt[what]()).rejects.toMatchObject({ code, detail: expect.stringContaining(`is ${state}:`) });
    expect(await videoOf(videoId)).toEqual(before);
  });

  test('VIDEO_STATE_CONFLICT: an upload that was refused or aborted is not retried', async () => {
    const refused = await seedVideo(open.database, 'awaiting_upload');
    await open.database.videos.refuseUpload(refused.videoId, damaged);
    const aborted = await seedVideo(open.database, 'cancelled');
    for (const { videoId } of [refused, aborted]) {
      await expect(open.database.control.retry(videoId, 'probe')).rejects.toMatchObject({
        ...{ code: 'VIDEO_STATE_CONFLICT', detail: expect.stringContaining('never accepted') },
      });
    }
  });

  test.each(states.slice(1, 5))('%s can be cancelled, once, and its run ends with it', async (state) => {
    const { videoId, runId } = await seedVideo(open.database, state);
    const inHand = await port().take({ videoId, runId, name: 'probe' });
    expect(await open.database.control.cancelled([runId, 'run_gone'])).toEqual(['run_gone']);
    expect(await open.database.control.cancel(videoId)).toBe('run');
    expect(await open.database.control.cancel(videoId)).toBe('nothing');
    expect(await videoOf(videoId)).toMatchObject({
      status: 'cancelled',
      error_code: null,
      completed_at: expect.any(Date),
    });
    expect(await runsOf(videoId)).toMatchObject([{ status: 'cancelled' }]);
    expect(await outboxOf(videoId)).toEqual(['run.submit', 'run.cancel']);
    expect(await open.database.control.cancelled([runId])).toEqual([runId]);
    expect((await open.database.runs.open()).map((run) => run.runId)).not.toContain(runId);
    await expect(port().take({ videoId, runId, name: 'split' })).rejects.toMatchObject({ code: 'RUN_SUPERSEDED' });
    // What its worker still tells of it changes nothing.
    await open.database.tasks.retrying(inHand, damaged);
    await open.database.tasks.failed(inHand, damaged);
    expect(await open.query('SELECT DISTINCT status FROM transcoding_tasks WHERE run_id = $1', [runId])).toEqual([
      { status: 'pending' },
    ]);
    expect(await videoOf(videoId)).toMatchObject({ status: 'cancelled', error_code: null });
    await expect(open.database.runs.reopen({ runId, name: 'probe' })).rejects.toMatchObject({ code: 'RUN_SUPERSEDED' });
  });

  test.each(retrySteps)('cancelled can be retried from %s', async (step) => {
    const { videoId, runId } = await seedVideo(open.database, 'transcoding');
    await open.database.control.cancel(videoId);
    const retried = await open.database.control.retry(videoId, step);
    expect(await runsOf(videoId)).toMatchObject([
      { id: runId, status: 'cancelled' },
      { id: retried.runId, status: 'open', reason: `retry from ${step}` },
    ]);
    expect(await open.database.control.cancelled([runId, retried.runId])).toEqual([runId]);
  });

  test.each([...states, 'cancelled'] as const)('%s can be removed, once, and stays readable', async (state) => {
    const { videoId, runId, row } = await seedVideo(open.database, state);
    const entries = await outboxOf(videoId);
    const ended = await open.database.control.remove(videoId);
    expect(ended).toBe(
      state === 'awaiting_upload' ? 'upload' : states.slice(1, 5).some((s) => s === state) ? 'run' : 'nothing',
    );
    expect(await open.database.control.remove(videoId)).toBe('nothing');
    expect(await videoOf(videoId)).toMatchObject({
      ...{ status: 'removed', playable: false, title: row.title, run_id: row.runId },
      ...{ removed_at: expect.any(Date), completed_at: expect.any(Date) },
    });
    const added = { upload: ['upload.abort'], run: ['run.cancel'], nothing: [] }[ended];
    expect(await outboxOf(videoId)).toEqual([...entries, ...added]);
    if (ended === 'run') expect(await runsOf(videoId)).toMatchObject([{ status: 'cancelled' }]);
    for (const act of [
      () => open.database.control.retry(videoId, 'probe'),
      () => open.database.control.cancel(videoId),
    ]) {
      await expect(act()).rejects.toMatchObject({ code: 'VIDEO_STATE_CONFLICT' });
    }
    if (runId) expect(await open.database.runs.isCurrent(runId)).toBe(false);
  });

  test('NOT_FOUND: of a video that is not there', async () => {
    await expect(open.database.control.cancel('vid_none')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

test('a cancel and the end of a run at once: one of them wins, whole', async () => {
  const outcomes = new Set<string>();
  for (let round = 0; round < 12; round += 1) {
    const { videoId, runId } = await seedVideo(open.database, 'packaging');
    const finalize = await port().take({ videoId, runId, name: 'finalize' });
    const outputs = { hlsKey: 'a', dashKey: 'b', posterKey: null, thumbnailsKey: null, warnings: [] };
    // One after the other in both orders, then at once.
    const end = () => port().commitReady(finalize, outputs);
    const cancel = () => open.database.control.cancel(videoId);
    const ending =
      round === 1
        ? Promise.resolve()
            .then(() => cancelling)
            .then(end)
        : end();
    const cancelling: Promise<unknown> = round === 0 ? ending.catch(() => {}).then(cancel) : cancel();
    const [ready, cancelled] = await Promise.allSettled([ending, cancelling]);
    expect([ready.status, cancelled.status].sort()).toEqual(['fulfilled', 'rejected']);
    const won = ready.status === 'fulfilled';
    outcomes.add(won ? 'ready' : 'cancelled');
    expect(
      (ready.status === 'rejected' ? ready.reason : cancelled.status === 'rejected' && cancelled.reason).code,
    ).toBe(won ? 'VIDEO_STATE_CONFLICT' : 'RUN_SUPERSEDED');
    expect(await videoOf(videoId)).toMatchObject({
      status: won ? 'ready' : 'cancelled',
      playable: won,
      hls_key: won ? 'a' : null,
    });
    expect(await runsOf(videoId)).toMatchObject([{ status: won ? 'completed' : 'cancelled' }]);
    expect(await outboxOf(videoId)).toEqual(['run.submit', won ? 'video.ready' : 'run.cancel']);
  }
  expect([...outcomes].sort()).toEqual(['cancelled', 'ready']);
});

test('another priority is written with an outbox entry, where it is another and there is work to do', async () => {
  const { control } = open.database;
  const working = await seedVideo(open.database, 'transcoding', { priority: 'low' });
  await control.prioritise(working.videoId, 'urgent');
  await control.prioritise(working.videoId, 'urgent');
  expect(await videoOf(working.videoId)).toMatchObject({ priority: 'urgent', status: 'transcoding' });
  expect(await outboxOf(working.videoId)).toEqual(['run.submit', 'run.prioritise']);
  for (const state of ['awaiting_upload', 'failed', 'cancelled'] as const) {
    const { videoId } = await seedVideo(open.database, state);
    const before = await outboxOf(videoId);
    await control.prioritise(videoId, 'high');
    expect(await videoOf(videoId)).toMatchObject({ priority: 'high', status: state });
    expect(await outboxOf(videoId)).toEqual(before);
  }
});
