import { createHash } from 'node:crypto';
import type { Segment } from './encode-plan.ts';
import { framesToMake } from './frame-rate.ts';
import type { Rational } from './probe.ts';
import type { SourceIndex } from './source-index.ts';
import { countBefore } from './tick-list.ts';
import { gridInterval, gridStart, toSeconds } from './ticks.ts';

export interface Grid {
  /** What a player fetches. */
  mediaSegmentSeconds: number;
  /** A keyframe this often; divides the media segment. */
  gopSeconds: number;
  /** False where decoding must begin at the beginning of the file for every segment. Default: true. */
  seekable?: boolean;
  /** As `Picture.maxFrameRate`. Default: null, every frame is made. */
  maxFrameRate?: number | null;
  /** Presented frames before a segment that its filters must see, as a deinterlacer does. Default: 0. */
  leadFrames?: number;
}

/**
 * Cuts a source on the output's time grid (its first presented frame + k x segment), so that every media segment has
 * the same length and every frame that is made is in exactly one segment. Times are source ticks. Pure: it knows the
 * clip, never the fleet. A source whose index cannot be trusted is one segment, decoded from the beginning.
 */
export function cutSegments(index: SourceIndex, grid: Grid): Segment[] {
  const { seekable = true, maxFrameRate = null, leadFrames = 0 } = grid;
  const frames = framesToMake(index, maxFrameRate);
  const zero = firstOf(frames);
  const onGrid = { zero, timeBase: index.timeBase };
  const starts = index.trustworthy
    ? firstsOf(frames, { ...onGrid, stepSeconds: segmentSeconds(index, grid.mediaSegmentSeconds) })
    : [0];

  return starts.map((from, position) => {
    const to = starts[position + 1];
    const span = frames.subarray(from, to);
    const keyframes = firstsOf(span, { ...onGrid, stepSeconds: grid.gopSeconds }).map((frame) => span[frame] ?? zero);
    const lead = countBefore(index.presented, firstOf(span)) - leadFrames;
    return {
      index: position,
      start: firstOf(span),
      end: to === undefined ? null : (frames[to] ?? null),
      seek: index.trustworthy && seekable ? seekFor(index.presented[lead], index.keyframes) : null,
      frames: span.length,
      keyframes,
      ...(keyframes.length > mostListed && from === 0 ? { keyframeEvery: grid.gopSeconds } : {}),
      timesSha256: timesSha256(span, zero),
    };
  });
}

/** A time in a list is up to 13 bytes long, and Linux takes 128 KiB in one argument. */
const mostListed = 4_096;

/** sha256 (hex) of output times in source ticks, ascending: decimal, joined by commas. `zero` is taken from each. */
export function timesSha256(ticks: readonly number[] | Float64Array, zero = 0): string {
  const hash = createHash('sha256');
  for (let from = 0; from < ticks.length; from += 4_096) {
    const some = Array.from(ticks.slice(from, from + 4_096), (tick) => tick - zero);
    hash.update(`${from === 0 ? '' : ','}${some.join()}`);
  }
  return hash.digest('hex');
}

/** Short clips spread over all cores; long ones pay less for process starts and seams. */
export function segmentSeconds(index: SourceIndex, mediaSegmentSeconds: number): number {
  const seconds = toSeconds(index.end - firstOf(index.presented), index.timeBase);
  if (seconds <= 60) return mediaSegmentSeconds;
  const about = seconds <= 600 ? 8 : 12;
  return Math.max(1, Math.round(about / mediaSegmentSeconds)) * mediaSegmentSeconds;
}

/** Positions of the first frame of each interval of the grid, which counts from `zero`; an interval without frames gives none. */
function firstsOf(
  frames: Float64Array,
  { zero, timeBase, stepSeconds }: { zero: number; timeBase: Rational; stepSeconds: number },
): number[] {
  const firsts: number[] = [];
  let end = Number.NEGATIVE_INFINITY;
  for (const [position, pts] of frames.entries()) {
    if (pts < end) continue;
    end = zero + gridStart(gridInterval(pts - zero, timeBase, stepSeconds) + 1, timeBase, stepSeconds);
    firsts.push(position);
  }
  return firsts;
}

/**
 * Where to seek for a frame: the dts (a seek to the pts loses frames of a deep B-pyramid) of the last keyframe at or
 * before it. Null, from the beginning of the file, where that is the first keyframe, or there is none, or no frame.
 */
function seekFor(pts: number | undefined, keyframes: SourceIndex['keyframes']): number | null {
  const upTo = pts === undefined ? 0 : countBefore(keyframes.pts, pts + 1);
  return upTo <= 1 ? null : (keyframes.dts[upTo - 1] ?? null);
}

function firstOf(frames: Float64Array): number {
  const [first] = frames;
  if (first === undefined) throw new RangeError('an index has at least one frame');
  return first;
}
