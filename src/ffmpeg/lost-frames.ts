import type { Hole } from '../plan/holes.ts';
import type { Rational } from '../plan/probe.ts';
import type { SourceIndex } from '../plan/source-index.ts';
import { countBefore } from '../plan/tick-list.ts';
import { toSeconds } from '../plan/ticks.ts';

export interface LostFrames {
  /** What there would be, were nothing lost. */
  of: number;
  holes: (Hole & { frames: number })[];
}

/** A longer gap of a steady rate is taken as a clock that jumps: nobody knows how many frames are missing. */
const longestCounted = 10;

/** Of a frame: a gap may be so much shorter. The first frame of fragments lasts longer by the priming of the sound (ffmpeg), and nothing is missing. */
const rough = 0.25;

/**
 * Frames that a damaged source should show and does not, in order of time; null where none is missing. Some have a packet that cannot be
 * decoded (`expected`, ticks; null where packets are no frames); of others nothing is left, which shows where the rate is steady. Seconds are from
 * the first frame that there should be: a hole at the beginning is from 0.
 */
export function lostFrames(expected: Float64Array | null, { presented, timeBase }: SourceIndex): LostFrames | null {
  const step = steadyStep(presented);
  const [start = 0] = presented;
  const before = expected ? countBefore(expected, start) : 0;
  const zero = before > 0 ? (expected?.[0] ?? start) : start;
  const secondsAt = (pts: number) => toSeconds(pts - zero, timeBase);
  const holes: LostFrames['holes'] = before > 0 ? [{ from: 0, to: secondsAt(start), frames: before }] : [];
  for (const [position, pts] of presented.entries()) {
    const next = presented[position + 1];
    const between = knownBetween(expected, pts, next);
    const counted = step !== null && next !== undefined && secondsAt(next) - secondsAt(pts) <= longestCounted;
    const missing = Math.max(between.length, counted ? Math.floor((next - pts) / step + rough) - 1 : 0);
    if (missing === 0) continue;
    const from = Math.min(between[0] ?? Number.POSITIVE_INFINITY, pts + (step ?? Number.POSITIVE_INFINITY));
    holes.push({ from: secondsAt(from), to: secondsAt(next ?? between.at(-1) ?? from), frames: missing });
  }
  return holes.length === 0 ? null : { of: presented.length + framesIn(holes), holes };
}

/** How many frames are missing in all of these holes. */
export const framesIn = (holes: LostFrames['holes'] = []): number => holes.reduce((sum, { frames }) => sum + frames, 0);

/** Seconds of what is missing before the first frame that is shown. */
export const lostBeginning = (lost: LostFrames | null): number => {
  const first = lost?.holes[0];
  return first?.from === 0 ? first.to : 0;
};

/** Ticks of the frames before the first one, from 0 on, where the rate is steady: none elsewhere. */
export function framesBefore({ presented }: SourceIndex): Float64Array {
  const step = steadyStep(presented);
  const [start = 0] = presented;
  const count = step === null ? 0 : Math.max(0, Math.round(start / step));
  return Float64Array.from({ length: count }, (_, nth) => Math.round(start - (count - nth) * (step ?? 0)));
}

/** Where a part of the source lacks frames: `planned` are as many as should lie between `start` and `end`; all but holes are ticks. */
export function spanHoles(
  shown: Float64Array,
  {
    start,
    end,
    planned,
    zero,
    timeBase,
  }: { start: number; end: number; planned: number; zero: number; timeBase: Rational },
): Hole[] {
  const step = (end - start) / planned;
  const secondsAt = (pts: number) => toSeconds(pts - zero, timeBase);
  const holes: Hole[] = [];
  let expected = start;
  for (const pts of [...shown, end]) {
    if (pts - expected > step / 2) holes.push({ from: secondsAt(expected), to: secondsAt(pts) });
    expected = pts + step;
  }
  return holes;
}

function knownBetween(expected: Float64Array | null, after: number, before: number | undefined): Float64Array {
  if (!expected) return new Float64Array();
  return expected.slice(
    countBefore(expected, after + 1),
    before === undefined ? undefined : countBefore(expected, before),
  );
}

/** Ticks from frame to frame, where nine of ten frames keep to it. */
function steadyStep(presented: Float64Array): number | null {
  const steps = presented.slice(1).map((pts, position) => pts - (presented[position] ?? 0));
  const median = steps.slice().sort()[steps.length >> 1];
  if (median === undefined) return null;
  const near = steps.filter((step) => Math.abs(step - median) <= Math.max(1, median / 4));
  return near.length >= steps.length * 0.9 ? median : null;
}
