import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDatabase } from '../../../src/database/open-database.ts';
import { type OpenTestDatabase, openTestDatabase } from '../../support/open-test-database.ts';
import { seedVideo } from '../../support/seed-video.ts';
import { artefact, probe, runsOf, split, workedOn } from '../../support/worked-on.ts';

let open: OpenTestDatabase;
beforeAll(async () => {
  open = await openTestDatabase();
});
afterAll(() => open.close());

describe('rebuild', () => {
  test('takes over what is committed, and leaves the rest to do', async () => {
    const { videoId, runId, specs, first } = await workedOn(open.database);
    const newRun = await open.database.runs.rebuild(runId, 'the queue was lost');
    if (!newRun) throw new Error('not rebuilt');
    expect(await runsOf(open, videoId)).toEqual([
      { id: runId, number: 1, status: 'superseded', reason: 'uploaded' },
      { id: newRun, number: 2, status: 'open', reason: 'the queue was lost' },
    ]);
    expect(await open.database.runs.isCurrent(runId)).toBe(false);
    expect(await open.database.runs.isCurrent(newRun)).toBe(true);

    const { tasks, runs } = open.database.jobPorts('wrk_1');
    expect(await tasks.take({ videoId, runId: newRun, name: 'probe' })).toMatchObject({ committed: true });
    expect((await runs.probe(newRun)).indexKey).toBe(probe.indexKey);
    expect((await runs.artefacts(newRun, 'index')).map(({ key }) => key)).toEqual(['segments/index']);

    await split(open.database, videoId, newRun, specs);
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
    const { videoId, runId, specs } = await workedOn(open.database);
    const name = specs[1]?.name ?? '';
    const { tasks, runs } = open.database.jobPorts('wrk_1');
    const straggler = await tasks.take({ videoId, runId, name });
    const newRun = (await open.database.runs.rebuild(runId, 'the queue was lost')) ?? '';
    await split(open.database, videoId, newRun, specs);
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
    expect(await runsOf(open, videoId)).toHaveLength(2);
    expect(await open.database.runs.rebuild(runId, 'lost')).toBeNull();
  });

  test('nothing is rebuilt of a video that is over', async () => {
    const { runId } = await seedVideo(open.database, 'failed');
    expect(await open.database.runs.rebuild(runId, 'lost')).toBeNull();
  });
});

describe('a run whose probe decodes all of the picture', () => {
  const said = 'encode.h264.0001.a: 37 frames cannot be decoded';

  test('takes the place of one whose packets lie: the probe is done again, what lies beside the hole is taken over', async () => {
    const { videoId, runId, specs, first } = await workedOn(open.database);
    const { tasks, runs } = open.database.jobPorts('wrk_1');
    const task = await tasks.take({ videoId, runId, name: specs[1]?.name ?? '' });
    expect(await runs.decodesIndex(runId)).toBe(false);
    const newRun = (await runs.decodeAnew(task, said)) ?? '';
    expect(await runsOf(open, videoId)).toEqual([
      { id: runId, number: 1, status: 'superseded', reason: 'uploaded' },
      { id: newRun, number: 2, status: 'open', reason: said },
    ]);
    expect(await runs.decodesIndex(newRun)).toBe(true);
    expect((await open.database.videos.find(videoId))?.status).toBe('transcoding');
    const entries = await open.query('SELECT topic, payload FROM outbox WHERE video_id = $1 ORDER BY id', [videoId]);
    expect(entries.at(-1)).toEqual({ topic: 'run.submit', payload: { runId: newRun } });

    expect(await tasks.take({ videoId, runId: newRun, name: 'probe' })).toMatchObject({ committed: false });
    await split(open.database, videoId, newRun, specs);
    expect(await tasks.take({ videoId, runId: newRun, name: first })).toMatchObject({ committed: true });
  });

  test('of many encodes at once one begins it; where it has been done, nobody does', async () => {
    const { videoId, runId, specs } = await workedOn(open.database);
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
    expect(await runsOf(open, videoId)).toHaveLength(2);

    const { tasks, runs } = open.database.jobPorts('wrk_1');
    const again = await tasks.take({ videoId, runId: begun[0] ?? '', name: 'probe' });
    expect(await runs.decodeAnew(again, said)).toBeNull();
    expect(await runsOf(open, videoId)).toHaveLength(2);
  });

  test('whoever lost the task begins nothing, and a lost queue does not forget it', async () => {
    const { videoId, runId, specs } = await workedOn(open.database);
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
