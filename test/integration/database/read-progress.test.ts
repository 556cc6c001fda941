import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../../src/ids.ts';
import { type OpenTestDatabase, openTestDatabase } from '../../support/open-test-database.ts';
import { split, workedOn } from '../../support/worked-on.ts';

let open: OpenTestDatabase;
beforeAll(async () => {
  open = await openTestDatabase();
});
afterAll(() => open.close());

/** A new run, planned; what is done in it, and how much of that was made before the video's clock began. */
async function doneIn(runId: string, { videoId, specs }: Awaited<ReturnType<typeof workedOn>>) {
  await open.database.jobPorts('wrk_1').videos.advance({ videoId, runId }, 'probing');
  await split(open.database, videoId, runId, specs);
  const { current } = await open.database.work(videoId);
  return current
    .filter(({ status }) => status === 'completed')
    .map(({ type, count, inherited }) => ({ type, count, inherited }))
    .toSorted((a, b) => a.type.localeCompare(b.type));
}

/** Ends the video's run by an error, and begins another. */
async function retry(videoId: string, runId: string): Promise<string> {
  const newRunId = newId('run');
  await open.database.tasks.failed({ runId, name: 'package' }, { code: 'STORAGE_UNAVAILABLE', detail: 'away' });
  await open.database.control.retry(videoId, undefined, newRunId);
  return newRunId;
}

const madeBefore = [
  { type: 'probe', count: 1, inherited: 1 },
  { type: 'split', count: 1, inherited: 0 },
  { type: 'transcode', count: 1, inherited: 1 },
];

test('what a retry takes over was made before its clock, also where a lost queue puts another run in its place', async () => {
  const worked = await workedOn(open.database);
  const { videoId, specs } = worked;
  await open.query(
    `UPDATE transcoding_tasks SET duration_ms = 1000, completed_at = now() - interval '1 h' WHERE run_id = $1 AND status = 'completed'`,
    [worked.runId],
  );
  const retried = await retry(videoId, worked.runId);
  expect(await doneIn(retried, worked)).toEqual(madeBefore);

  const { tasks } = open.database.jobPorts('wrk_1');
  const second = await tasks.take({ videoId, runId: retried, name: specs[1]?.name ?? '' });
  // A real encode takes longer than the least that is counted.
  await open.query(`UPDATE transcoding_tasks SET started_at = now() - interval '1 s' WHERE id = $1`, [second.id]);
  await tasks.commit(second, []);
  const rebuilt = (await open.database.runs.rebuild(retried, 'the queue was lost')) ?? '';
  expect(await doneIn(rebuilt, worked)).toEqual([
    ...madeBefore.slice(0, 2),
    { type: 'transcode', count: 2, inherited: 1 },
  ]);
});

test('a run that takes the place of a lost one keeps the clock: all was made in its time', async () => {
  const worked = await workedOn(open.database);
  await open.query(`UPDATE transcoding_tasks SET duration_ms = 1000 WHERE video_id = $1 AND status = 'completed'`, [
    worked.videoId,
  ]);
  const rebuilt = (await open.database.runs.rebuild(worked.runId, 'the queue was lost')) ?? '';
  expect(await doneIn(rebuilt, worked)).toEqual(madeBefore.map((done) => ({ ...done, inherited: 0 })));
});

test('what waits for a service is told from the first that met it, until it gets on', async () => {
  const { videoId, runId, specs } = await workedOn(open.database);
  const [one = '', other = ''] = specs.slice(1).map(({ name }) => name);
  const { tasks } = open.database.jobPorts('wrk_1');
  const held = async () => (await open.database.work(videoId)).current.flatMap((counts) => counts.held ?? []);
  const away = { code: 'SERVICE_UNAVAILABLE', detail: 'storage does not answer' };
  const [since, later] = [new Date('2026-03-01T10:00:00Z'), new Date('2026-03-01T10:00:09Z')];
  const heard: string[] = [];
  const { close } = await open.database.events.listen((id) => heard.push(id));

  await tasks.take({ videoId, runId, name: one });
  expect(await held()).toEqual([]);
  await open.database.tasks.waiting({ runId, name: one }, { ...away, code: 'CONFIG_INVALID' }, later);
  await open.database.tasks.waiting({ runId, name: other }, away, since);
  expect(await held()).toEqual([{ code: away.code, since, count: 2 }]);
  await expect.poll(() => heard).toContain(videoId);
  await close();

  const again = await tasks.take({ videoId, runId, name: other });
  expect(await held()).toHaveLength(2);
  tasks.progress(again, 0.2);
  await expect.poll(held).toEqual([{ code: 'CONFIG_INVALID', since: later, count: 1 }]);
  await tasks.take({ videoId, runId, name: one });
  await open.database.tasks.retrying({ runId, name: one }, { code: 'PROCESS_FAILED', detail: 'no' });
  expect(await held()).toEqual([]);
});
