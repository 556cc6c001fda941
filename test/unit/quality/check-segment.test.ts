import { describe, expect, test } from 'vitest';
import { CatalogueError } from '../../../src/errors/catalogue-error.ts';
import { cutSegments } from '../../../src/plan/segments.ts';
import { checkSegment, type EncodedSegment, type PlannedSegment } from '../../../src/quality/check-segment.ts';
import { constantIndex } from '../../support/plan-inputs.ts';

const timeBase = { numerator: 1_001, denominator: 30_000 };

/** The second segment of an AVI of 29.97 frames a second that starts at 50 ticks: frames 120 to 239. */
function planned(): PlannedSegment {
  const index = constantIndex({ timeBase, ticksPerFrame: 1, frames: 300, start: 50 });
  const [, segment] = cutSegments(index, { mediaSegmentSeconds: 4, gopSeconds: 2 });
  if (!segment) throw new Error('the clip has three segments');
  return { segment, timeBase, sourceStart: 50 };
}

/** That segment as it should come out: in pairs of two, as B-frames are decoded. */
function encoded(): EncodedSegment & { frames: { pts: number; key: boolean }[] } {
  const frames = Array.from({ length: 120 }, (_, frame) => ({
    pts: (120 + frame) * 1_001,
    dts: (120 + frame) * 1_001,
    duration: 1_001,
    key: frame === 0 || frame === 60,
    bytes: 10,
  }));
  for (let at = 1; at + 1 < frames.length; at += 2) frames.splice(at, 2, ...frames.slice(at, at + 2).reverse());
  return { rendition: 'h264/240p', timescale: 30_000, frames };
}

const shift = (frames: { pts: number }[], ticks: number): void => {
  for (const frame of frames) frame.pts += ticks;
};

const failure = (segment: EncodedSegment): CatalogueError | null => {
  try {
    checkSegment(segment, planned());
    return null;
  } catch (error) {
    return error instanceof CatalogueError ? error : null;
  }
};

test('a segment as planned passes, and says where it lies in ticks of the output', () => {
  expect(checkSegment(encoded(), planned())).toEqual({ startTicks: 120 * 1_001, endTicks: 240 * 1_001 });
});

test('the last segment ends with its last frame', () => {
  const { segment, ...rest } = planned();
  const last = checkSegment(encoded(), { ...rest, segment: { ...segment, end: null } });
  expect(last.endTicks).toBe(240 * 1_001);
});

describe('what does not pass', () => {
  test('a lost frame: ENCODE_FRAMES_MISMATCH', () => {
    const segment = encoded();
    const error = failure({ ...segment, frames: segment.frames.slice(0, -1) });
    expect(error?.code).toBe('ENCODE_FRAMES_MISMATCH');
    expect(error?.detail).toBe('h264/240p, segment 1: 119 of 120 frames');
    expect(error?.facts).toEqual({ rendition: 'h264/240p', segment: 1, frames: 119, plannedFrames: 120 });
  });

  test.each<[string, (segment: ReturnType<typeof encoded>) => void, RegExp]>([
    [
      'one frame a part of a tick late',
      ({ frames }) => Object.assign(frames[7] ?? {}, { pts: 130 * 1_001 + 1 }),
      /not at their times: from \d\.\d{3} s to \d\.\d{3} s, planned from \d\.\d{3} s/,
    ],
    ['every frame a tick late', ({ frames }) => shift(frames, 1_001), /not at their times/],
    ['times that begin at zero', ({ frames }) => shift(frames, -120_120), /not at their times: from 0\.000 s/],
    ['another clock', (segment) => Object.assign(segment, { timescale: 90_000 }), /90000 ticks a second, not/],
    [
      'a keyframe too many',
      ({ frames }) => Object.assign(frames[31] ?? {}, { key: true }),
      /not on the grid: (\d+, planned \d+|one at \d)/,
    ],
    [
      'a keyframe missing',
      ({ frames }) => Object.assign(frames.findLast((frame) => frame.key) ?? {}, { key: false }),
      /not on the grid: \d+, planned \d+/,
    ],
  ])('%s: ENCODE_TIMES_MISMATCH', (_, spoil, detail) => {
    const segment = encoded();
    spoil(segment);
    const error = failure(segment);
    expect([error?.code, error?.detail]).toEqual(['ENCODE_TIMES_MISMATCH', expect.stringMatching(detail)]);
  });
});
