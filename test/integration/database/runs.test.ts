import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type OpenTestDatabase, openTestDatabase } from '../../support/open-test-database.ts';
import { seedVideo } from '../../support/seed-video.ts';
import { plan, probe, workedOn } from '../../support/worked-on.ts';

let open: OpenTestDatabase;
beforeAll(async () => {
  open = await openTestDatabase();
});
afterAll(() => open.close());

describe('probe and plan', () => {
  test('are kept with their run, and shown on the video', async () => {
    const { videoId, runId, specs } = await workedOn(open.database);
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

test('the order of a run: its priority, and the open encodes of its creator', async () => {
  const { runId, specs } = await workedOn(open.database);
  const { videoId } = await seedVideo(open.database, 'uploaded', { creatorId: 'somebody-else', priority: 'urgent' });
  const encodes = specs.filter(({ type }) => type === 'transcode').length;
  const before = (await open.database.runs.ordering(runId)).backlog;
  await workedOn(open.database);
  expect((await open.database.runs.ordering(runId)).backlog).toBe(before + encodes - 1);
  const other = (await open.database.videos.find(videoId))?.runId ?? '';
  expect(await open.database.runs.ordering(other)).toEqual({ videoId, priority: 'urgent', backlog: 0 });
  await expect(open.database.runs.ordering('run_none')).rejects.toMatchObject({ code: 'NOT_FOUND' });
});
