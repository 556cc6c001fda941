import { test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { cutSegments, segmentSeconds, timesSha256 } from '../../../src/plan/segments.ts';
import { sourceIndex } from '../../../src/plan/source-index.ts';
import { anyIndex, constantIndex } from '../../support/plan-inputs.ts';

const grid = { mediaSegmentSeconds: 4, gopSeconds: 2 };
const ntsc = { timeBase: { numerator: 1, denominator: 30_000 }, ticksPerFrame: 1_001 };

describe('every clip', () => {
  property.prop([anyIndex()])('has every presented frame in exactly one segment, in order', (index) => {
    const segments = cutSegments(index, grid);
    const cut = segments.map(({ start, end }) =>
      [...index.presented].filter((pts) => pts >= start && (end === null || pts < end)),
    );
    expect(cut.flat()).toEqual([...index.presented]);
    expect(cut.map((frames) => frames.length)).toEqual(segments.map((segment) => segment.frames));
    expect(segments.map((segment) => segment.index)).toEqual([...segments.keys()]);
    expect(segments.at(-1)?.end).toBeNull();
    for (const [position, segment] of segments.entries()) {
      expect(segment.end).toBe(segments[position + 1]?.start ?? null);
    }
  });

  property.prop([anyIndex()])('is cut on the grid, exactly', (index) => {
    const zero = BigInt(index.presented[0] ?? 0);
    const { numerator, denominator } = index.timeBase;
    // Compared without a division: tick / denominator x numerator against whole steps of 4 s.
    const interval = (pts: number, seconds: bigint) =>
      ((BigInt(pts) - zero) * BigInt(numerator)) / (BigInt(denominator) * seconds);
    const steps = (frames: Iterable<number>, seconds: bigint) =>
      new Set(Array.from(frames, (pts) => interval(pts, seconds)));
    const clipSeconds = ((index.end - Number(zero)) * numerator) / denominator;
    const step = clipSeconds <= 60 ? 4n : clipSeconds <= 600 ? 8n : 12n;
    const segments = cutSegments(index, grid);

    expect(segments.length).toBe(steps(index.presented, step).size);
    expect(segments.map(({ start }) => interval(start, step))).toEqual([...steps(index.presented, step)]);
    // A keyframe is the first frame of its interval: one for each interval that has a frame.
    const keyframes = segments.flatMap((segment) => segment.keyframes);
    expect(keyframes.map((pts) => interval(pts, 2n))).toEqual([...steps(index.presented, 2n)]);
    for (const pts of keyframes) {
      const before = index.presented[index.presented.indexOf(pts) - 1];
      if (before !== undefined) expect(interval(before, 2n)).toBeLessThan(interval(pts, 2n));
    }
    for (const segment of segments) expect(segment.keyframes[0]).toBe(segment.start);
  });

  property.prop([anyIndex()])('is sought at the last keyframe at or before each cut', (index) => {
    for (const segment of cutSegments(index, grid)) {
      const before = index.keyframes.pts.filter((pts) => pts <= segment.start).length;
      expect(segment.seek).toBe(before > 1 ? index.keyframes.dts[before - 1] : null);
    }
  });
});

test.each([
  [24, 60, [96, 96, 96, 96]],
  [30, 60, [120, 120, 120, 120]],
])('at %i fps 16 s are four segments of 4 s', (fps, keyframeEvery, frames) => {
  const index = constantIndex({
    timeBase: { numerator: 1, denominator: fps * 512 },
    ticksPerFrame: 512,
    frames: fps * 16,
    keyframeEvery,
  });
  const segments = cutSegments(index, grid);
  expect(segments.map((segment) => segment.frames)).toEqual(frames);
  expect(segments[1]?.keyframes).toEqual([fps * 4 * 512, fps * 6 * 512]);
});

test.each([
  [2, 40, 2],
  [2, 100, 8],
  [2, 700, 12],
  [4, 40, 4],
  [4, 100, 8],
  [4, 700, 12],
  [6, 100, 6],
  [6, 700, 12],
  [10, 40, 10],
  [10, 700, 10],
])('media segments of %i s in %i s: a segment of encoding has %i s', (mediaSegmentSeconds, seconds, expected) => {
  const index = constantIndex({ timeBase: { numerator: 1, denominator: 10 }, ticksPerFrame: 1, frames: seconds * 10 });
  expect(segmentSeconds(index, mediaSegmentSeconds)).toBe(expected);
});

test('at 29.97 fps a cut is the first frame at or after 4 s, whatever the clip starts at', () => {
  const segments = cutSegments(constantIndex({ ...ntsc, frames: 300, start: 777, keyframeEvery: 300 }), grid);
  expect(segments.map(({ start, frames, seek }) => ({ frame: (start - 777) / 1_001, frames, seek }))).toEqual([
    { frame: 0, frames: 120, seek: null },
    { frame: 120, frames: 120, seek: null },
    { frame: 240, frames: 60, seek: null },
  ]);
  expect(segments[1]?.keyframes).toEqual([120, 180].map((frame) => 777 + frame * 1_001));
});

test.each([
  ['a minute', 60, 4],
  ['just over a minute', 61, 8],
  ['ten minutes', 600, 8],
  ['just over ten minutes', 601, 12],
])('segments of %s (%i s) are %i s long', (_, seconds, length) => {
  const timeBase = { numerator: 1, denominator: 10 };
  const segments = cutSegments(constantIndex({ timeBase, ticksPerFrame: 1, frames: seconds * 10 }), grid);
  expect(segments[0]?.frames).toBe(length * 10);
});

test('a hole in the times leaves no empty segment', () => {
  const timeBase = { numerator: 1, denominator: 1_000 };
  const presented = [0, 1_000, 20_500, 21_000];
  const keyframes = { pts: [0], dts: [0] };
  const index = sourceIndex({ timeBase, trustworthy: true, presented, end: 22_000, keyframes });
  const segments = cutSegments(index, grid);
  expect(segments.map(({ start, end, frames }) => [start, end, frames])).toEqual([
    [0, 20_500, 2],
    [20_500, null, 2],
  ]);
});

test('a clip without trustworthy times is one segment, decoded from the beginning, with its keyframes on the grid', () => {
  const index = constantIndex({ timeBase: { numerator: 1, denominator: 25 }, ticksPerFrame: 1, frames: 250 });
  const segments = cutSegments({ ...index, trustworthy: false }, grid);
  expect(segments).toMatchObject([{ start: 0, end: null, seek: null, frames: 250, keyframes: [0, 50, 100, 150, 200] }]);
});

test('the hash of the times is that of decimals joined by commas, from the source’s start', () => {
  const index = constantIndex({ timeBase: { numerator: 1, denominator: 25 }, ticksPerFrame: 1, frames: 3, start: 90 });
  // printf '0,1,2' | sha256sum
  const expected = 'c0be322c1ad6af50f418b96232d98fe25a36d5d0a557291833f8248f2084b8ef';
  expect(cutSegments(index, grid)[0]?.timesSha256).toBe(timesSha256([0, 1, 2]));
  expect(timesSha256([0, 1, 2])).toBe(expected);
});
