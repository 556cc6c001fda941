import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDatabase } from '../../../src/database/open-database.ts';
import type { Artefact } from '../../../src/jobs/services.ts';
import { planEncode } from '../../../src/plan/plan-encode.ts';
import { standardPolicy } from '../../../src/plan/policy.ts';
import { planTasks } from '../../../src/plan/task-specs.ts';
import { type OpenTestDatabase, openTestDatabase } from '../../support/open-test-database.ts';
import { constantIndex, probeOf } from '../../support/plan-inputs.ts';
import { seedVideo } from '../../support/seed-video.ts';

let open: OpenTestDatabase;
beforeAll(async () => {
  open = await openTestDatabase();
});
afterAll(() => open.close());

const probe = { ...probeOf(), warnings: [{ code: 'odd_title', detail: 'a NUL \0 in it' }] };
const index = constantIndex({ timeBase: { numerator: 1, denominator: 15_360 }, ticksPerFrame: 512, frames: 960 });
const plan = planEncode(probe, index, standardPolicy);
const artefact = (key: string, kind: Artefact['kind']): Artefact => ({
  kind,
  rendition: kind === 'segment' ? 'h264/720p' : null,
  segmentIndex: null,
  key,
  size: 10,
  sha256: 'ab',
  facts: { initSha256: 'i1' },
});

/** A run that is probed and split, with its first encode committed. */
async function workedOn() {
  const { videoId, runId, row } = await seedVideo(open.database, 'transcoding');
  const specs = planTasks({ key: row.originalKey, bytes: row.fileSize, etag: row.originalEtag ?? '' }, plan, '5.1');
  const { tasks } = open.database.jobPorts('wrk_1');
  await tasks.commitProbe(
    await tasks.take({ videoId, runId, name: 'probe' }),
    [artefact('segments/index', 'index')],
    probe,
  );
  await split(videoId, runId, specs);
  const first = specs[0]?.name ?? '';
  await tasks.commit(await tasks.take({ videoId, runId, name: first }), [artefact('segments/first', 'segment')]);
  return { videoId, runId, specs, first };
}

async function split(videoId: string, runId: string, specs: ReturnType<typeof planTasks>) {
  const { tasks } = open.database.jobPorts('wrk_1');
  const task = await tasks.take({ videoId, runId, name: 'split' });
  await tasks.savePlan(task, plan, specs);
  await tasks.savePlan(task, plan, specs);
  await tasks.commit(task, []);
}

const runsOf = (videoId: string) =>
  open.query('SELECT id, number, status, reason FROM runs WHERE video_id = $1 ORDER BY number', [videoId]);

describe('probe and plan', () => {
  test('are kept with their run, and shown on the video', async () => {
    const { videoId, runId, specs } = await workedOn();
    const { runs, tasks } = open.database.jobPorts('wrk_1');
    expect(await runs.plan(runId)).toEqual(plan);
    expect(await runs.probe(runId)).toEqual({ ...probe, warnings: [{ code: 'odd_title', detail: 'a NUL  in it' }] });
    expect(await open.database.videos.find(videoId)).toMatchObject({
      width: 1280,
      height: 720,
      codec: 'h264',
      durationSeconds: 32,
      bitrate: 4_000,
      warnings: [{ code: 'odd_title', detail: 'a NUL  in it' }],
    });
    expect(await tasks.missing(runId)).toEqual(['package', 'finalize', ...specs.slice(1).map(({ name }) => name)]);
  });

  test('a run without them says so', async () => {
    const { runId } = await seedVideo(open.database, 'uploaded');
    const { runs } = open.database.jobPorts('wrk_1');
    await expect(runs.probe(runId)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(runs.plan(runId)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('a planner that was overtaken saves nothing', async () => {
    const { videoId, runId } = await seedVideo(open.database, 'probing');
    const { tasks } = open.database.jobPorts('wrk_1');
    const older = await tasks.take({ videoId, runId, name: 'split' });
    await tasks.take({ videoId, runId, name: 'split' });
    await expect(tasks.savePlan(older, plan, [])).rejects.toMatchObject({ code: 'FENCE_LOST' });
    await expect(open.database.jobPorts('wrk_2').runs.plan(runId)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('rebuild', () => {
  test('takes over what is committed, and leaves the rest to do', async () => {
    const { videoId, runId, specs, first } = await workedOn();
    const newRun = await open.database.runs.rebuild(runId, 'the queue was lost');
    if (!newRun) throw new Error('not rebuilt');
    expect(await runsOf(videoId)).toEqual([
      { id: runId, number: 1, status: 'superseded', reason: 'uploaded' },
      { id: newRun, number: 2, status: 'open', reason: 'the queue was lost' },
    ]);
    expect(await open.database.runs.isCurrent(runId)).toBe(false);
    expect(await open.database.runs.isCurrent(newRun)).toBe(true);

    const { tasks, runs } = open.database.jobPorts('wrk_1');
    expect(await tasks.take({ videoId, runId: newRun, name: 'probe' })).toMatchObject({ committed: true });
    expect((await runs.probe(newRun)).indexKey).toBe(probe.indexKey);
    expect((await runs.artefacts(newRun, 'index')).map(({ key }) => key)).toEqual(['segments/index']);

    await split(videoId, newRun, specs);
    expect(await tasks.take({ videoId, runId: newRun, name: first })).toMatchObject({ committed: true });
    expect(await tasks.missing(newRun)).toEqual(['package', 'finalize', ...specs.slice(1).map(({ name }) => name)]);
    const entries = await open.query(`SELECT topic, payload FROM outbox WHERE video_id = $1 ORDER BY id`, [videoId]);
    expect(entries.at(-1)).toEqual({ topic: 'run.submit', payload: { runId: newRun } });
  });

  test('whoever follows the video is told of its new run', async () => {
    // By another process, which has told all that it will of the video.
    const other = await openDatabase({ url: open.url, log: pino({ level: 'silent' }) });
    const { videoId, runId } = await seedVideo(other, 'transcoding');
    await other.close();
    const told: string[] = [];
    const listener = await open.database.events.listen((id) => told.push(id));
    try {
      await open.database.runs.rebuild(runId, 'the queue was lost');
      await expect.poll(() => told, { interval: 10 }).toContain(videoId);
    } finally {
      await listener.close();
    }
  });

  test('a task that a straggler of the old run commits later is taken over when it is taken', async () => {
    const { videoId, runId, specs } = await workedOn();
    const name = specs[1]?.name ?? '';
    const { tasks, runs } = open.database.jobPorts('wrk_1');
    const straggler = await tasks.take({ videoId, runId, name });
    const newRun = (await open.database.runs.rebuild(runId, 'the queue was lost')) ?? '';
    await split(videoId, newRun, specs);
    await tasks.commit(straggler, [artefact('segments/late', 'segment')]);

    expect(await tasks.missing(newRun)).toContain(name);
    expect(await tasks.take({ videoId, runId: newRun, name })).toMatchObject({ committed: true });
    expect(await tasks.missing(newRun)).not.toContain(name);
    expect((await runs.artefacts(newRun, 'segment')).map(({ key }) => key)).toEqual([
      'segments/first',
      'segments/late',
    ]);
  });

  test('of two at once one makes the new run', async () => {
    const { videoId, runId } = await seedVideo(open.database, 'transcoding');
    const results = await Promise.all([1, 2, 3].map(() => open.database.runs.rebuild(runId, 'lost')));
    expect(results.filter((id) => id !== null)).toHaveLength(1);
    expect(await runsOf(videoId)).toHaveLength(2);
    expect(await open.database.runs.rebuild(runId, 'lost')).toBeNull();
  });

  test('nothing is rebuilt of a video that is over', async () => {
    const { runId } = await seedVideo(open.database, 'failed');
    expect(await open.database.runs.rebuild(runId, 'lost')).toBeNull();
  });
});

describe('the state of a video', () => {
  test('moves forward only, and only by its current run', async () => {
    const { videoId, runId } = await seedVideo(open.database, 'uploaded');
    const { videos } = open.database.jobPorts('wrk_1');
    const status = async () => (await open.database.videos.find(videoId))?.status;
    await videos.advance({ videoId, runId }, 'transcoding');
    await videos.advance({ videoId, runId }, 'probing');
    expect(await status()).toBe('transcoding');
    await videos.advance({ videoId, runId: 'run_other' }, 'packaging');
    expect(await status()).toBe('transcoding');
    await open.database.tasks.failed({ runId, name: 'probe' }, { code: 'INPUT_DAMAGED', detail: 'at 3 s' });
    await videos.advance({ videoId, runId }, 'packaging');
    expect(await status()).toBe('failed');
  });

  test('ready comes with its run, its outputs and the news of it, once', async () => {
    const { videoId, runId, row } = await seedVideo(open.database, 'ready');
    expect(row).toMatchObject({
      status: 'ready',
      hlsKey: expect.stringContaining(runId),
      completedAt: expect.any(Date),
    });
    expect(await runsOf(videoId)).toMatchObject([{ status: 'completed' }]);
    const { tasks } = open.database.jobPorts('wrk_1');
    const again = await tasks.take({ videoId, runId, name: 'finalize' });
    expect(again.committed).toBe(true);
    await tasks.commitReady(again, {
      hlsKey: 'other',
      dashKey: 'b',
      posterKey: 'c',
      thumbnailsKey: null,
      warnings: [],
    });
    expect(await open.database.videos.find(videoId)).toEqual(row);
    const news = await open.query(`SELECT topic FROM outbox WHERE video_id = $1 AND topic = 'video.ready'`, [videoId]);
    expect(news).toHaveLength(1);
  });

  test('a superseded run cannot make its video ready', async () => {
    const { videoId, runId } = await seedVideo(open.database, 'packaging');
    const { tasks } = open.database.jobPorts('wrk_1');
    const finalize = await tasks.take({ videoId, runId, name: 'finalize' });
    await open.database.runs.rebuild(runId, 'lost');
    const outputs = { hlsKey: 'a', dashKey: 'b', posterKey: 'c', thumbnailsKey: null, warnings: [] };
    await expect(tasks.commitReady(finalize, outputs)).rejects.toMatchObject({ code: 'RUN_SUPERSEDED' });
    expect(await open.database.videos.find(videoId)).toMatchObject({ status: 'packaging', hlsKey: null });
  });

  test('a task that failed for good fails run and video, with the news of it; a superseded run fails nobody', async () => {
    const { videoId, runId } = await seedVideo(open.database, 'transcoding');
    const newRun = (await open.database.runs.rebuild(runId, 'lost')) ?? '';
    await open.database.tasks.failed({ runId, name: 'probe' }, { code: 'INTERNAL', detail: 'old' });
    expect(await open.database.videos.find(videoId)).toMatchObject({ status: 'transcoding', errorCode: null });

    await open.database.tasks.failed({ runId: newRun, name: 'split' }, { code: 'INPUT_DAMAGED', detail: 'at 3 s' });
    expect(await open.database.videos.find(videoId)).toMatchObject({
      status: 'failed',
      errorCode: 'INPUT_DAMAGED',
      errorDetail: 'at 3 s',
    });
    expect(await open.database.videos.tasks(newRun)).toContainEqual(
      expect.objectContaining({ name: 'split', status: 'failed', errorCode: 'INPUT_DAMAGED' }),
    );
    expect(await runsOf(videoId)).toMatchObject([{ status: 'superseded' }, { status: 'failed' }]);
    const news = await open.query(`SELECT payload FROM outbox WHERE video_id = $1 AND topic = 'video.failed'`, [
      videoId,
    ]);
    expect(news).toEqual([{ payload: { runId: newRun } }]);
  });
});

test('the order of a run: its priority, and the open encodes of its creator', async () => {
  const { runId, specs } = await workedOn();
  const { videoId } = await seedVideo(open.database, 'uploaded', { creatorId: 'somebody-else', priority: 'urgent' });
  const encodes = specs.filter(({ type }) => type === 'transcode').length;
  const before = (await open.database.runs.ordering(runId)).backlog;
  await workedOn();
  expect((await open.database.runs.ordering(runId)).backlog).toBe(before + encodes - 1);
  const other = (await open.database.videos.find(videoId))?.runId ?? '';
  expect(await open.database.runs.ordering(other)).toEqual({ videoId, priority: 'urgent', backlog: 0 });
  await expect(open.database.runs.ordering('run_none')).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

describe('a run whose probe decodes all of the picture', () => {
  const said = 'encode.h264.0001.a: 37 frames cannot be decoded';

  test('takes the place of one whose packets lie: the probe is done again, what lies beside the hole is taken over', async () => {
    const { videoId, runId, specs, first } = await workedOn();
    const { tasks, runs } = open.database.jobPorts('wrk_1');
    const task = await tasks.take({ videoId, runId, name: specs[1]?.name ?? '' });
    expect(await runs.decodesIndex(runId)).toBe(false);
    const newRun = (await runs.decodeAnew(task, said)) ?? '';
    expect(await runsOf(videoId)).toEqual([
      { id: runId, number: 1, status: 'superseded', reason: 'uploaded' },
      { id: newRun, number: 2, status: 'open', reason: said },
    ]);
    expect(await runs.decodesIndex(newRun)).toBe(true);
    expect((await open.database.videos.find(videoId))?.status).toBe('transcoding');
    const entries = await open.query('SELECT topic, payload FROM outbox WHERE video_id = $1 ORDER BY id', [videoId]);
    expect(entries.at(-1)).toEqual({ topic: 'run.submit', payload: { runId: newRun } });

    expect(await tasks.take({ videoId, runId: newRun, name: 'probe' })).toMatchObject({ committed: false });
    await split(videoId, newRun, specs);
    expect(await tasks.take({ videoId, runId: newRun, name: first })).toMatchObject({ committed: true });
  });

  test('of many encodes at once one begins it; where it has been done, nobody does', async () => {
    const { videoId, runId, specs } = await workedOn();
    const ports = ['wrk_1', 'wrk_2', 'wrk_3'].map((worker) => open.database.jobPorts(worker));
    const beginnings = await Promise.allSettled(
      specs.slice(1, 7).map(async ({ name }, position) => {
        const port = ports[position % ports.length];
        return port?.runs.decodeAnew(await port.tasks.take({ videoId, runId, name }), said);
      }),
    );
    const begun = beginnings.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    expect(begun).toHaveLength(1);
    for (const result of beginnings) {
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'RUN_SUPERSEDED' });
    }
    expect(await runsOf(videoId)).toHaveLength(2);

    const { tasks, runs } = open.database.jobPorts('wrk_1');
    const again = await tasks.take({ videoId, runId: begun[0] ?? '', name: 'probe' });
    expect(await runs.decodeAnew(again, said)).toBeNull();
    expect(await runsOf(videoId)).toHaveLength(2);
  });

  test('whoever lost the task begins nothing, and a lost queue does not forget it', async () => {
    const { videoId, runId, specs } = await workedOn();
    const { tasks, runs } = open.database.jobPorts('wrk_1');
    const ref = { videoId, runId, name: specs[1]?.name ?? '' };
    const older = await tasks.take(ref);
    const newer = await tasks.take(ref);
    await expect(runs.decodeAnew(older, said)).rejects.toMatchObject({ code: 'FENCE_LOST' });
    const decoding = (await runs.decodeAnew(newer, said)) ?? '';
    const rebuilt = (await open.database.runs.rebuild(decoding, 'the queue was lost')) ?? '';
    expect(await runs.decodesIndex(rebuilt)).toBe(true);
  });
});
