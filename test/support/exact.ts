import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { BasePayload } from '../../src/jobs/define-job.ts';
import { encode } from '../../src/jobs/encode.job.ts';
import { probe } from '../../src/jobs/probe.job.ts';
import { split } from '../../src/jobs/split.job.ts';
import type { EncodePlan, Rung } from '../../src/plan/encode-plan.ts';
import { type Policy, standardPolicy } from '../../src/plan/policy.ts';
import type { Probe, Rational } from '../../src/plan/probe.ts';
import { cappedCrf } from '../../src/plan/rate-control.ts';
import { readRendition, renditionsOf } from './encode-clip.ts';
import type { TestContext } from './job-context.ts';
import { type SeenPictures, seePictures } from './read-pictures.ts';

/** One rung of the source's own size: nothing is scaled, so pixels that need no conversion come out as they are. */
const ownSizePolicy: Policy = {
  ...standardPolicy,
  ladder: [{ height: 8_192, rateControl: cappedCrf(0, 100_000, 200_000) }],
  maxFrameRate: 1_000,
};

/** x264 with nothing lost: crf 0 is qp 0, which the High profile refuses. */
const lossless = (rung: Rung): Rung => ({ ...rung, preset: 'ultrafast', profile: 'high444', level: '6.2' });

export interface MadeVideo {
  runId: string;
  probe: Probe;
  plan: EncodePlan;
  /** The joined rendition, local. */
  path: string;
  /** Ticks in a second; `pts` are ticks from the first frame, from tfdt and trun. */
  timescale: number;
  pts: number[];
}

export interface LosslessOptions {
  /** Seconds; default 4. */
  mediaSegmentSeconds?: number;
  policy?: Partial<Policy>;
  /** A run that has begun, of a video that is there. */
  begun?: BasePayload;
}

/**
 * Probes, plans and encodes a local file by the real handlers, and again where an encode begins another run; with their plan and arguments: only that the rungs are of the source's
 * size, and lose nothing.
 */
export async function encodeLossless(
  context: TestContext,
  path: string,
  { mediaSegmentSeconds = 4, policy, begun }: LosslessOptions = {},
): Promise<MadeVideo> {
  const ref = begun ?? (await context.addVideo(path));
  const { runId } = ref;
  await probe.run(await context.context(ref));
  await split.run({ ...(await context.context(ref)), policy: { ...ownSizePolicy, ...policy, mediaSegmentSeconds } });
  const [found, plan] = [context.probe(runId), context.plan(runId)];
  if (!found || !plan) throw new Error('the run has no plan');

  const { runs } = context.services;
  const withoutLoss = {
    ...runs,
    plan: async () => ({ ...plan, rungs: plan.rungs.map(lossless) }),
  };
  try {
    for (const { name, fleet } of plan.encodeTasks) {
      await encode.run({ ...(await context.context({ ...ref, name, fleet })), runs: withoutLoss });
    }
  } catch (error) {
    const next = context.nextRun(runId);
    if (next === null) throw error;
    // As the queue does: the run that took this one's place is worked off.
    const begunAnew = { ...ref, runId: next };
    return encodeLossless(context, path, { mediaSegmentSeconds, ...(policy ? { policy } : {}), begun: begunAnew });
  }
  const { init, media, timescale, frames } = await readRendition(context, runId, renditionsOf(plan).at(-1) ?? '');
  const joined = join(context.root, `${runId}.mp4`);
  await writeFile(joined, Buffer.concat([init, media]));
  return { runId, probe: found, plan, path: joined, timescale, pts: frames.map(({ pts }) => pts) };
}

/** Times as fractions of a second that compare without floats: each `ticks x numerator x (other side's denominator)`. */
export function onOneClock(
  made: Pick<MadeVideo, 'timescale' | 'pts'>,
  source: { timeBase: Rational; pts: readonly number[] },
): { made: number[]; source: number[] } {
  const { numerator, denominator } = source.timeBase;
  const [first = 0] = source.pts;
  return {
    made: made.pts.map((pts) => pts * denominator),
    source: source.pts.map((pts) => (pts - first) * numerator * made.timescale),
  };
}

export interface ExactOptions extends LosslessOptions {
  /** Numbers of the pictures that the source shows, where they are known from how it was made. */
  shown?: readonly number[];
  /** The one that is to be chosen, as ffmpeg names it; default: the first video stream. */
  stream?: string;
  /** Pixels are converted on the way (depth, sampling, colour): the numbers in them are compared, not their checksums. */
  converted?: boolean;
}

/**
 * Encodes a clip of `makeSource` in segments, without loss, and holds it against a plain decode of the whole source: every picture is
 * there, shows the same, and lies at its time, to the tick.
 */
export async function expectExact(context: TestContext, path: string, options: ExactOptions = {}): Promise<MadeVideo> {
  const { shown, stream = 'v:0', converted = false, ...how } = options;
  const source = await truthOf(path, stream);
  if (shown) expect(source.numbers).toEqual(shown);
  const made = await encodeLossless(context, path, how);
  const seen = await seePictures(made.path);
  expect(seen.numbers).toEqual(source.numbers);
  if (!converted) expect(seen.sums).toEqual(source.sums);
  const times = onOneClock(made, source);
  expect(times.made).toEqual(times.source);
  expect(made.plan.segments.reduce((frames, segment) => frames + segment.frames, 0)).toBe(source.numbers.length);
  return made;
}

const truths = new Map<string, Promise<SeenPictures>>();

/** Decoded once in a test file, however often it is encoded. */
function truthOf(path: string, stream: string): Promise<SeenPictures> {
  const name = `${stream} ${path}`;
  const truth = truths.get(name) ?? seePictures(path, stream);
  truths.set(name, truth);
  return truth;
}

/** `from`, `from + 1` … up to, not including, `to`. */
export const numbersFrom = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, index) => from + index);
