import { z } from 'zod';
import { defineJob, type JobContext, type Pipeline } from '../src/jobs/define-job.ts';
import { jobs } from '../src/jobs/index.ts';
import type { Artefact } from '../src/jobs/services.ts';
import type { EncodePlan } from '../src/plan/encode-plan.ts';
import { planEncode } from '../src/plan/plan-encode.ts';
import { standardPolicy } from '../src/plan/policy.ts';
import type { Probe } from '../src/plan/probe.ts';
import { cutSegments } from '../src/plan/segments.ts';
import { sourceIndex } from '../src/plan/source-index.ts';
import { planTasks } from '../src/plan/task-specs.ts';

/** The real pipeline's queues, ids and attempts, with handlers that take and commit and make nothing. */
export function controlJobs(segments: number): Pipeline {
  const plan = planOf(segments);
  const payload = z.object({ videoId: z.string(), runId: z.string() });
  type Context = JobContext<z.infer<typeof payload>>;
  const commits = (name: string) => async (context: Context) => {
    const task = await context.tasks.take({ ...context.payload, name });
    if (!task.committed) await context.tasks.commit(task, []);
  };
  return {
    ...jobs,
    probe: defineJob({
      ...jobs.probe,
      async run({ tasks, payload: ref }) {
        const task = await tasks.take({ ...ref, name: 'probe' });
        if (!task.committed) await tasks.commitProbe(task, [], probe);
      },
    }),
    split: defineJob({
      ...jobs.split,
      async run({ tasks, videos, tree, payload: ref }) {
        const task = await tasks.take({ ...ref, name: 'split' });
        const source = { key: ref.videoId, bytes: 1_000, etag: ref.videoId };
        await tasks.savePlan(task, plan, planTasks(source, plan, 'none'));
        await videos.advance(ref, 'transcoding');
        await tree.fanOut(ref, plan);
        await tasks.commit(task, []);
      },
    }),
    encode: defineJob({
      ...jobs.encode,
      async run({ tasks, runs, payload: ref }) {
        const task = await tasks.take(ref);
        const { encodeTasks } = await runs.plan(ref.runId);
        const work = encodeTasks.find(({ name }) => name === ref.name);
        if (!work) throw new Error(`no task ${ref.name}`);
        await tasks.commit(
          task,
          work.rungs.map((rung) => segmentOf(rung, work.segmentIndex, ref)),
        );
      },
    }),
    thumbnails: defineJob({ ...jobs.thumbnails, run: commits('thumbnails') }),
    package: defineJob({ ...jobs.package, run: commits('package') }),
    finalize: defineJob({
      ...jobs.finalize,
      async run({ tasks, payload: ref }) {
        const task = await tasks.take({ ...ref, name: 'finalize' });
        await tasks.commitReady(task, {
          hlsKey: 'hls',
          dashKey: 'dash',
          posterKey: 'poster',
          thumbnailsKey: null,
          warnings: [],
        });
      },
    }),
  };
}

const segmentOf = (rung: string, segmentIndex: number, ref: { runId: string; name: string }): Artefact => ({
  kind: 'segment',
  rendition: `h264/${rung}`,
  segmentIndex,
  key: `segments/bench/${ref.runId}/${ref.name}/${rung}.m4s`,
  size: 100_000,
  sha256: '0'.repeat(64),
  facts: { initSha256: rung, frames: 100, timescale: 25, startTicks: 0, endTicks: 100 },
});

const probe: Probe = {
  version: 2,
  format: 'mov',
  bytes: 1_000,
  startSeconds: 0,
  durationSeconds: 1,
  bitrateKbps: null,
  video: {
    streamIndex: 0,
    codec: 'h264',
    codedWidth: 1280,
    codedHeight: 720,
    width: 1280,
    height: 720,
    rotation: 0,
    mirrored: false,
    colour: { primaries: 'bt709', transfer: 'bt709', matrix: 'bt709', range: 'limited' },
    hdr: null,
    alpha: false,
    scan: 'progressive',
    pixelFormat: 'yuv420p',
    timeBase: { numerator: 1, denominator: 25 },
    frameRate: 25,
  },
  audio: [],
  source: { key: 'originals/bench', demuxer: 'mov', remuxed: false },
  indexKey: 'segments/bench/index.bin',
  warnings: [],
};

/** A 25 fps clip that is just so long that the default policy cuts it into this many segments. */
function planOf(segments: number): EncodePlan {
  const segmentSeconds = 12;
  const frames = segments * segmentSeconds * 25;
  const index = sourceIndex({
    timeBase: { numerator: 1, denominator: 25 },
    trustworthy: true,
    presented: Array.from({ length: frames }, (_, frame) => frame),
    end: frames,
    keyframes: { pts: [0], dts: [0] },
  });
  const plan = planEncode(probe, index, { ...standardPolicy, jobCpuSeconds: Number.POSITIVE_INFINITY });
  if (cutSegments(index, standardPolicy).length !== segments)
    throw new Error('the segment rule has changed: adapt the clip');
  return plan;
}
