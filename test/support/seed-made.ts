import type { Database } from '../../src/database/database.ts';
import type { Artefact, TakenTask } from '../../src/jobs/services.ts';
import type { EncodePlan } from '../../src/plan/encode-plan.ts';
import { planTasks } from '../../src/plan/task-specs.ts';
import { transcodedPrefix } from '../../src/storage/keys.ts';
import { probeOf } from './plan-inputs.ts';
import { smallPlan } from './small-plan.ts';

type Ref = { videoId: string; runId: string };

/** Brings an uploaded video's run to its plan: probe and split are committed, the plan's tasks have rows. */
export async function planVideo(database: Database, run: Ref, plan: EncodePlan = smallPlan(3)): Promise<EncodePlan> {
  const { tasks } = database.jobPorts('wrk_seed');
  await tasks.commitProbe(await tasks.take({ ...run, name: 'probe' }), [], probeOf());
  const split = await tasks.take({ ...run, name: 'split' });
  await tasks.savePlan(
    split,
    plan,
    planTasks({ key: plan.source.key, bytes: 1_000, etag: 'abc' }, smallPlan(plan.segments.length), '5.1'),
  );
  await tasks.commit(split, []);
  return plan;
}

/** Commits one encode, as a worker that has made a segment of so many bytes. */
export async function commitEncode(database: Database, run: Ref, segmentIndex: number, size = 100_000): Promise<void> {
  const { tasks } = database.jobPorts('wrk_seed');
  const task = await tasks.take({ ...run, name: `encode.h264.${String(segmentIndex).padStart(4, '0')}.all` });
  const facts = { initSha256: 'f'.repeat(64) };
  await tasks.commit(task, [artefact(task, 'segment', 'h264/240p', '240p.m4s', { size, segmentIndex, facts })]);
}

/** Commits sound, thumbnails and package as made, with media segments of these sizes, and makes the video ready. */
export async function finishVideo(
  database: Database,
  run: Ref,
  sizes: { picture: number[]; sound: number[] },
): Promise<void> {
  const { tasks } = database.jobPorts('wrk_seed');
  const report = {
    ...{ startSeconds: 0, endSeconds: 12, unreadable: false, gainDb: 4, limited: false },
    ...{ before: { lufs: -20, truePeakDb: -6 }, after: { lufs: -16, truePeakDb: -2 } },
  };
  const audio = await tasks.take({ ...run, name: 'audio' });
  await tasks.commit(audio, [
    artefact(audio, 'audio', 'audio/aac_128k', 'aac_128k.m4a', { size: 9_000, facts: report }),
  ]);
  await tasks.commit(await tasks.take({ ...run, name: 'thumbnails' }), []);
  const task = await tasks.take({ ...run, name: 'package' });
  const output = (rendition: string, name: string, size: number) =>
    artefact(task, 'output', rendition, `${rendition}/${name}`, { size, facts: { path: `${rendition}/${name}` } });
  const packed = (rendition: string, media: number[]) => [
    output(rendition, 'init.mp4', 800),
    output(rendition, 'playlist.m3u8', 200),
    ...media.map((size, index) => output(rendition, `seg-${index + 1}.m4s`, size)),
  ];
  await tasks.commit(task, [...packed('h264/240p', sizes.picture), ...packed('audio/aac_128k', sizes.sound)]);
  await tasks.commitReady(await tasks.take({ ...run, name: 'finalize' }), {
    hlsKey: `${transcodedPrefix(task)}/manifest.m3u8`,
    dashKey: `${transcodedPrefix(task)}/manifest.mpd`,
    posterKey: null,
    thumbnailsKey: null,
    warnings: [],
  });
}

function artefact(
  task: TakenTask,
  kind: Artefact['kind'],
  rendition: string,
  path: string,
  more: Pick<Artefact, 'size'> & Partial<Artefact>,
): Artefact {
  const key = `${transcodedPrefix(task)}/${path}`;
  return { kind, rendition, segmentIndex: null, key, sha256: '0'.repeat(64), facts: {}, ...more };
}
