import type { Database } from '../../src/database/database.ts';
import type { Artefact } from '../../src/jobs/services.ts';
import { planEncode } from '../../src/plan/plan-encode.ts';
import { standardPolicy } from '../../src/plan/policy.ts';
import { planTasks } from '../../src/plan/task-specs.ts';
import type { OpenTestDatabase } from './open-test-database.ts';
import { constantIndex, probeOf } from './plan-inputs.ts';
import { seedVideo } from './seed-video.ts';

/** What the probe of `workedOn` found. */
export const probe = { ...probeOf(), warnings: [{ code: 'odd_title', detail: 'a NUL \0 in it' }] };
const index = constantIndex({ timeBase: { numerator: 1, denominator: 15_360 }, ticksPerFrame: 512, frames: 960 });
export const plan = planEncode(probe, index, standardPolicy);

/** An artefact as a task commits it, of which nothing lies in storage. */
export const artefact = (key: string, kind: Artefact['kind']): Artefact => ({
  kind,
  rendition: kind === 'segment' ? 'h264/720p' : null,
  segmentIndex: null,
  key,
  size: 10,
  sha256: 'ab',
  facts: { initSha256: 'i1' },
});

/** A run that is probed and split, with its first encode committed. */
export async function workedOn(database: Database) {
  const { videoId, runId, row } = await seedVideo(database, 'transcoding');
  const specs = planTasks({ key: row.originalKey, bytes: row.fileSize, etag: row.originalEtag ?? '' }, plan, '5.1');
  const { tasks } = database.jobPorts('wrk_1');
  await tasks.commitProbe(
    await tasks.take({ videoId, runId, name: 'probe' }),
    [artefact('segments/index', 'index')],
    probe,
  );
  await split(database, videoId, runId, specs);
  const first = specs[0]?.name ?? '';
  await tasks.commit(await tasks.take({ videoId, runId, name: first }), [artefact('segments/first', 'segment')]);
  return { videoId, runId, specs, first };
}

/** Saves the plan of a run, twice as after a retry, and commits its split. */
export async function split(database: Database, videoId: string, runId: string, specs: ReturnType<typeof planTasks>) {
  const { tasks } = database.jobPorts('wrk_1');
  const task = await tasks.take({ videoId, runId, name: 'split' });
  await tasks.savePlan(task, plan, specs);
  await tasks.savePlan(task, plan, specs);
  await tasks.commit(task, []);
}

/** The runs of a video, the first one first. */
export const runsOf = ({ query }: Pick<OpenTestDatabase, 'query'>, videoId: string) =>
  query('SELECT id, number, status, reason FROM runs WHERE video_id = $1 ORDER BY number', [videoId]);
