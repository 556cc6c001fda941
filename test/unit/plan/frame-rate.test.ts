import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { framesToMake, intervalsPerTick } from '../../../src/plan/frame-rate.ts';
import { cutSegments } from '../../../src/plan/segments.ts';
import { anyIndex, constantIndex } from '../../support/plan-inputs.ts';

const milliseconds = { numerator: 1, denominator: 1_000 };

test.each([
  [240, milliseconds, { numerator: 6, denominator: 25 }],
  [240, { numerator: 1, denominator: 90_000 }, { numerator: 1, denominator: 375 }],
  [59.94, { numerator: 1, denominator: 60_000 }, { numerator: 999, denominator: 1_000_000 }],
  [30, { numerator: 1_001, denominator: 30_000 }, { numerator: 1_001, denominator: 1_000 }],
])('%d frames a second are so many intervals a tick of %o', (rate, timeBase, expected) => {
  expect(intervalsPerTick(rate, timeBase)).toEqual(expected);
});

test('without a cap every frame is made', () => {
  const index = constantIndex({ timeBase: milliseconds, ticksPerFrame: 1, frames: 100 });
  expect(framesToMake(index, null)).toBe(index.presented);
});

test('1000 fps become 240: the first frame of each 240th of a second', () => {
  const index = constantIndex({ timeBase: milliseconds, ticksPerFrame: 1, frames: 1_000, start: -7 });
  const frames = framesToMake(index, 240);
  expect(frames).toHaveLength(240);
  // 1000/240 = 4.17, 8.33, 12.5, 16.67, 20.83, and 25 exactly
  expect([...frames.subarray(0, 7)]).toEqual([0, 5, 9, 13, 17, 21, 25].map((ms) => ms - 7));
});

test('a pause stays a pause, and a burst after it begins with its first frame', () => {
  const index = constantIndex({ timeBase: milliseconds, ticksPerFrame: 1, frames: 1 });
  const presented = Float64Array.of(0, 10, 33, 34, 35, 1_000, 1_001, 1_040);
  expect([...framesToMake({ ...index, presented }, 30)]).toEqual([0, 34, 1_000, 1_040]);
});

describe('any clip at any rate', () => {
  const anyRate = fc.oneof(
    fc.constantFrom(23.976, 24, 29.97, 30, 59.94, 60, 120, 240),
    fc.integer({ min: 1, max: 300 }),
  );

  property.prop([anyIndex(), anyRate])('has the first frame of each interval that has one, exactly', (index, rate) => {
    const { numerator, denominator } = index.timeBase;
    const zero = BigInt(index.presented[0] ?? 0);
    const intervalOf = (pts: number) =>
      ((BigInt(pts) - zero) * BigInt(numerator) * BigInt(Math.round(rate * 1_000))) / (BigInt(denominator) * 1_000n);
    const firsts = new Map<bigint, number>();
    for (const pts of index.presented) if (!firsts.has(intervalOf(pts))) firsts.set(intervalOf(pts), pts);
    expect([...framesToMake(index, rate)]).toEqual([...firsts.values()]);
  });

  property.prop([anyIndex(), anyRate])('is chosen in doubles as it is in whole numbers', (index, rate) => {
    const { numerator, denominator } = intervalsPerTick(rate, index.timeBase);
    const [zero = 0] = index.presented;
    const chosen: number[] = [];
    // ffmpeg's select has doubles alone, and begins anew with each segment
    for (const segment of cutSegments(index, { mediaSegmentSeconds: 4, gopSeconds: 2, maxFrameRate: rate })) {
      const intervalOf = (pts: number) => Math.floor(((pts - zero) * numerator) / denominator);
      let before = Number.NaN;
      for (const pts of index.presented) {
        if (pts < segment.start || (segment.end !== null && pts >= segment.end)) continue;
        if (!Number.isNaN(before) && !(intervalOf(pts) > intervalOf(before))) continue;
        chosen.push(pts);
        before = pts;
      }
    }
    expect(chosen).toEqual([...framesToMake(index, rate)]);
  });

  property.prop([anyIndex(), anyRate])('is cut as if the other frames were not there', (index, rate) => {
    const grid = { mediaSegmentSeconds: 4, gopSeconds: 2 };
    const capped = cutSegments(index, { ...grid, maxFrameRate: rate });
    expect(capped).toEqual(cutSegments({ ...index, presented: framesToMake(index, rate) }, grid));
    expect(capped.every((segment) => segment.keyframes[0] === segment.start)).toBe(true);
  });
});

property.prop([anyIndex(), fc.integer({ min: 0, max: 5 })])(
  'with a lead, decoding begins at or before the frame that many frames earlier, and no earlier than it must',
  (index, leadFrames) => {
    const grid = { mediaSegmentSeconds: 4, gopSeconds: 2 };
    const frames = [...index.presented];
    for (const { start, seek } of cutSegments(index, { ...grid, leadFrames })) {
      const lead = frames[frames.indexOf(start) - leadFrames];
      const before = lead === undefined ? 0 : index.keyframes.pts.filter((pts) => pts <= lead).length;
      expect(seek).toBe(before > 1 ? index.keyframes.dts[before - 1] : null);
    }
  },
);
