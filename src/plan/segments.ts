import { createHash } from 'node:crypto';
import type { Segment } from './encode-plan.ts';
import type { SourceIndex } from './source-index.ts';
import { gridInterval, gridStart, toSeconds } from './ticks.ts';

export interface Grid {
  /** What a player fetches. */
  mediaSegmentSeconds: number;
  /** A keyframe this often; divides the media segment. */
  gopSeconds: number;
  /** False where decoding must begin at the beginning of the file for every segment. Default: true. */
  seekable?: boolean;
}

/**
 * Cuts a source on the output's time grid (its first presented frame + k x segment), so that every media segment has
 * the same length and every presented frame is in exactly one segment. Times are source ticks. Pure: it knows the
 * clip, never the fleet. A source whose index cannot be trusted is one segment, decoded from the beginning.
 */
export function cutSegments(index: SourceIndex, grid: Grid): Segment[] {
  const start = firstOf(index.presented);
  const groups = index.trustworthy
    ? byInterval(index, index.presented, segmentSeconds(index, grid.mediaSegmentSeconds))
    : [index.presented];

  return groups.map((frames, position) => {
    const first = firstOf(frames);
    const next = groups[position + 1];
    return {
      index: position,
      start: first,
      end: next ? firstOf(next) : null,
      seek: index.trustworthy && grid.seekable !== false ? seekFor(first, index.keyframes) : null,
      frames: frames.length,
      keyframes: byInterval(index, frames, grid.gopSeconds).map(firstOf),
      timesSha256: timesSha256(frames.map((pts) => pts - start)),
    };
  });
}

/** sha256 (hex) of output times in source ticks, ascending: decimal, joined by commas. */
export const timesSha256 = (ticks: readonly number[]): string =>
  createHash('sha256').update(ticks.join()).digest('hex');

/** Short clips spread over all cores; long ones pay less for process starts and seams. */
function segmentSeconds(index: SourceIndex, mediaSegmentSeconds: number): number {
  const seconds = toSeconds(index.end - firstOf(index.presented), index.timeBase);
  if (seconds <= 60) return mediaSegmentSeconds;
  return seconds <= 600 ? 2 * mediaSegmentSeconds : 3 * mediaSegmentSeconds;
}

/** Frames by interval of the grid, which counts from the source's first frame; an interval without frames gives no group. */
function byInterval(index: SourceIndex, frames: readonly number[], stepSeconds: number): number[][] {
  const zero = firstOf(index.presented);
  const groups: number[][] = [];
  let group: number[] = [];
  let end = Number.NEGATIVE_INFINITY;
  for (const pts of frames) {
    if (pts >= end) {
      const interval = gridInterval(pts - zero, index.timeBase, stepSeconds);
      end = zero + gridStart(interval + 1, index.timeBase, stepSeconds);
      group = [];
      groups.push(group);
    }
    group.push(pts);
  }
  return groups;
}

/**
 * Where to seek for a frame: the dts (a seek to the pts loses frames of a deep B-pyramid) of the last keyframe at or
 * before it. Null, from the beginning of the file, where that is the first keyframe or there is none.
 */
function seekFor(pts: number, keyframes: SourceIndex['keyframes']): number | null {
  let low = 0;
  let high = keyframes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((keyframes[middle]?.pts ?? Number.POSITIVE_INFINITY) <= pts) low = middle + 1;
    else high = middle;
  }
  return low <= 1 ? null : (keyframes[low - 1]?.dts ?? null);
}

function firstOf(frames: readonly number[]): number {
  const [first] = frames;
  if (first === undefined) throw new RangeError('an index has at least one frame');
  return first;
}
