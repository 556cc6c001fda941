import { afterAll, beforeAll, expect, test } from 'vitest';
import { planEncode } from '../../../src/plan/plan-encode.ts';
import { standardPolicy } from '../../../src/plan/policy.ts';
import { planTasks } from '../../../src/plan/task-specs.ts';
import { warn } from '../../../src/plan/warnings.ts';
import { type OpenTestDatabase, openTestDatabase } from '../../support/open-test-database.ts';
import { constantIndex, probeOf } from '../../support/plan-inputs.ts';
import { seedVideo } from '../../support/seed-video.ts';

let open: OpenTestDatabase;
beforeAll(async () => {
  open = await openTestDatabase();
});
afterAll(() => open.close());

const found = warn('remuxed', 'It was copied into one that can.');
const done = warn('rotated', 'The picture is turned by 90°.');
const cameOut = warn('rate_exceeded', 'Some frames come late.');
const probe = { ...probeOf(), warnings: [found] };
const index = constantIndex({ timeBase: { numerator: 1, denominator: 15_360 }, ticksPerFrame: 512, frames: 60 });
const plan = { ...planEncode(probe, index, standardPolicy), warnings: [done] };

const reportOf = async (videoId: string) => {
  const [row] = await open.query('SELECT warnings FROM videos WHERE id = $1', [videoId]);
  return row?.warnings;
};

test('the report says what was found, what is done and what came out, each once, however often a job is delivered', async () => {
  const { videoId, runId, row } = await seedVideo(open.database, 'transcoding');
  const { tasks } = open.database.jobPorts('wrk_1');
  const take = (name: string) => tasks.take({ videoId, runId, name });
  const twice = async (act: () => Promise<void>) => {
    await act();
    await act();
  };

  const probed = await take('probe');
  await twice(() => tasks.commitProbe(probed, [], probe));
  expect(await reportOf(videoId)).toEqual([found]);

  const split = await take('split');
  const specs = planTasks({ key: row.originalKey, bytes: row.fileSize, etag: row.originalEtag ?? '' }, plan, '5.1');
  await twice(() => tasks.savePlan(split, plan, specs));
  expect(await reportOf(videoId)).toEqual([found, done]);

  const finalize = await take('finalize');
  const outputs = { hlsKey: 'a', dashKey: 'b', posterKey: null, thumbnailsKey: null, warnings: [cameOut] };
  await twice(() => tasks.commitReady(finalize, outputs));
  expect(await take('finalize')).toMatchObject({ committed: true });
  expect(await reportOf(videoId)).toEqual([found, done, cameOut]);
});

test('a run that takes over what another one found says it once, and nothing of what came out there', async () => {
  const { videoId, runId, row } = await seedVideo(open.database, 'transcoding');
  const { tasks } = open.database.jobPorts('wrk_1');
  await tasks.commitProbe(await tasks.take({ videoId, runId, name: 'probe' }), [], probe);
  const specs = planTasks({ key: row.originalKey, bytes: row.fileSize, etag: row.originalEtag ?? '' }, plan, '5.1');
  await tasks.savePlan(await tasks.take({ videoId, runId, name: 'split' }), plan, specs);

  await open.database.runs.rebuild(runId, 'the queue was lost');
  const [current] = await open.query('SELECT run_id FROM videos WHERE id = $1', [videoId]);
  const next = { videoId, runId: String(current?.run_id) };
  expect(next.runId).not.toBe(runId);
  expect(await tasks.take({ ...next, name: 'probe' })).toMatchObject({ committed: true });
  await tasks.savePlan(await tasks.take({ ...next, name: 'split' }), plan, specs);
  expect(await reportOf(videoId)).toEqual([found, done]);
});
