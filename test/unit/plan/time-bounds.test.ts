import { describe, expect, test } from 'vitest';
import { type Effort, encodeEffort, thumbnailEffort } from '../../../src/plan/effort.ts';
import { findEncodeTask } from '../../../src/plan/find-encode-task.ts';
import { planEncode } from '../../../src/plan/plan-encode.ts';
import { standardPolicy } from '../../../src/plan/policy.ts';
import { timeBounds } from '../../../src/plan/time-bounds.ts';
import { constantIndex, probeOf } from '../../support/plan-inputs.ts';

const leastMs = 60_000;
const minutes = (ms: number) => Math.round(ms / 6_000) / 10;

/** A minute of 25 frames/s with a keyframe every 2 s, of this size. */
function planOf(width: number, height: number) {
  const video = { width, height, codedWidth: width, codedHeight: height };
  const index = constantIndex({ timeBase: { numerator: 1, denominator: 25 }, ticksPerFrame: 1, frames: 1_500 });
  return planEncode(probeOf({ video }), index, standardPolicy);
}

function largestGroup(plan: ReturnType<typeof planOf>) {
  const efforts = plan.encodeTasks
    .filter(({ segmentIndex }) => segmentIndex === 1)
    .map(({ name }) => encodeEffort(findEncodeTask(plan, name)));
  return efforts.reduce((most, effort) => (effort.cpuSeconds > most.cpuSeconds ? effort : most));
}

describe('the bounds of an encode are scaled with its pictures: minutes without a frame, and in all', () => {
  test.each([
    [64, 36, 1, 5],
    [640, 360, 1.3, 5.7],
    [1280, 720, 2.6, 8.1],
    [1920, 1080, 3.2, 9.6],
    [3840, 2160, 10, 23.3],
    [7680, 4320, 18.3, 40.9],
  ])('%i x %i', (width, height, noFrame, wall) => {
    const bounds = timeBounds(largestGroup(planOf(width, height)), { leastMs });
    expect([minutes(bounds.stallTimeoutMs), minutes(bounds.wallTimeoutMs)]).toEqual([noFrame, wall]);
  });
});

test('what is decoded before the segment is counted until the first frame', () => {
  const plan = planOf(1920, 1080);
  const last = plan.encodeTasks.at(-1)?.name ?? '';
  const work = findEncodeTask(plan, last);
  const fromKeyframe = encodeEffort(work);
  const fromBeginning = encodeEffort({ ...work, segment: { ...work.segment, seek: null } });
  expect(fromBeginning.cpuSecondsBetween).toBe(fromKeyframe.cpuSecondsBetween);
  // 56 s of 1080p25 less the 10 frames behind its own keyframe, at 50 ms a megapixel.
  expect(fromBeginning.cpuSecondsToFirst - fromKeyframe.cpuSecondsToFirst).toBeCloseTo(
    (56 * 25 - 10) * 2.0736 * 0.05,
    3,
  );
});

test.each([
  ['a slower preset', { preset: 'veryslow' }, {}],
  ['a table of colours', {}, { colourMap: { kind: 'gamut' } }],
  ['fields', {}, { deinterlace: 'tff' }],
  ['transparency', {}, { alpha: true }],
  ['a capped frame rate', {}, { maxFrameRate: 240 }],
])('%s takes longer', (_, rung, picture) => {
  const work = findEncodeTask(planOf(1280, 720), 'encode.h264.0000.all');
  const changed = {
    ...work,
    picture: { ...work.picture, ...picture } as typeof work.picture,
    rungs: work.rungs.map((one) => ({ ...one, ...rung })),
  };
  expect(encodeEffort(changed).cpuSeconds).toBeGreaterThan(encodeEffort(work).cpuSeconds * 1.02);
  expect(encodeEffort(changed).cpuSecondsBetween).toBeGreaterThan(encodeEffort(work).cpuSecondsBetween * 1.02);
});

test('pictures for seeking of a long clip may take hours, but show early that they come', () => {
  const { source, picture, thumbnails } = planOf(1920, 1080);
  if (!picture || !thumbnails) throw new Error('a plan of pictures has them');
  const long = { ...source, frames: 12 * 3_600 * 25, durationSeconds: 12 * 3_600 };
  const bounds = timeBounds(thumbnailEffort({ source: long, picture }, thumbnails), { leastMs });
  expect(bounds.wallTimeoutMs).toBe(6 * 3_600_000);
  expect(minutes(bounds.stallTimeoutMs)).toBeLessThan(5);
});

test.each<[string, Effort | undefined, number, number, number]>([
  ['work that nobody knows', undefined, 60, 60, 3_600],
  ['nothing at all', { ...effortOf(0, 0, 0) }, 60, 60, 300],
  ['a little', { ...effortOf(10, 1, 1) }, 68, 68, 380],
  ['much', { ...effortOf(100, 50, 20) }, 460, 220, 1_100],
  ['more than a job may take', { ...effortOf(1e6, 1e6, 10) }, 21_600, 140, 21_600],
])('bounds of %s, s', (_, effort, first, between, wall) => {
  expect(timeBounds(effort, { leastMs })).toEqual({
    firstTimeoutMs: first * 1_000,
    stallTimeoutMs: between * 1_000,
    wallTimeoutMs: wall * 1_000,
  });
});

function effortOf(cpuSeconds: number, cpuSecondsToFirst: number, cpuSecondsBetween: number): Effort {
  return { of: 'a test', sign: 'frame', cpuSeconds, cpuSecondsToFirst, cpuSecondsBetween };
}
