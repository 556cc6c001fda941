import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeLimits, sampleDurations } from '../../../src/packaging/decode-times.ts';

const limits = { lag: 100, least: 1 };
const anyLag = { lag: Infinity, least: 1 };
const sum = (durations: readonly number[]) => durations.reduce((all, duration) => all + duration, 0);

/** A group of pictures: presentation times in some decode order, the first one first, and where it ends. */
const groups = fc
  .record({
    start: fc.nat(1_000_000),
    shownFor: fc.array(fc.oneof(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 5_000 })), {
      minLength: 1,
      maxLength: 40,
    }),
    order: fc.array(fc.nat(), { minLength: 40, maxLength: 40 }),
    /** How far pictures may be out of order. */
    reach: fc.integer({ min: 1, max: 40 }),
  })
  .map(({ start, shownFor, order, reach }) => {
    const shown = shownFor.map((_, at) => start + sum(shownFor.slice(0, at)));
    const [first = start, ...others] = shown;
    const place = (at: number) => at + ((order[at] ?? 0) % reach);
    const pts = [
      first,
      ...others
        .map((time, at) => ({ time, at: place(at) }))
        .sort((a, b) => a.at - b.at)
        .map(({ time }) => time),
    ];
    return { pts, end: start + sum(shownFor) };
  });

/** The longest time between the group's start and end that no sample covers. */
function longestHole(pts: readonly number[], durations: readonly number[], end: number): number {
  let reached = Math.min(...pts);
  let hole = 0;
  const spans = pts.map((time, at) => ({ from: time, to: time + (durations[at] ?? 0) }));
  for (const { from, to } of [...spans.sort((a, b) => a.from - b.from), { from: end, to: end }]) {
    hole = Math.max(hole, from - reached);
    reached = Math.max(reached, to);
  }
  return hole;
}

describe('any times in any order', () => {
  test('last to the end of their group together, and none beyond it', () => {
    fc.assert(
      fc.property(groups, ({ pts, end }) => {
        const durations = sampleDurations(pts, end, limits);
        expect(Math.min(...durations)).toBeGreaterThanOrEqual(1);
        expect(sum(durations)).toBe(end - (pts[0] ?? 0));
        for (const [at, time] of pts.entries()) expect(time + (durations[at] ?? 0)).toBeLessThanOrEqual(end);
      }),
    );
  });
  test('are decoded no later than they are shown, but for the limit', () => {
    fc.assert(
      fc.property(groups, ({ pts, end }) => {
        const durations = sampleDurations(pts, end, limits);
        for (const [at, time] of pts.entries()) {
          const dts = (pts[0] ?? 0) + sum(durations.slice(0, at));
          expect(dts - time).toBeLessThanOrEqual(limits.lag + pts.length * limits.least);
        }
      }),
    );
  });
  test('leave no hole that is longer than the limit, and none where there is no limit', () => {
    fc.assert(
      fc.property(groups, ({ pts, end }) => {
        const hole = longestHole(pts, sampleDurations(pts, end, limits), end);
        expect(hole).toBeLessThanOrEqual(limits.lag + pts.length * limits.least);
        expect(longestHole(pts, sampleDurations(pts, end, anyLag), end)).toBe(0);
      }),
    );
  });
});

test.each<[string, number[], number, number[]]>([
  ['a constant rate, reordered: every sample has the same', [0, 80, 40, 20, 60], 100, [20, 20, 20, 20, 20]],
  ['no reordering: each lasts as long as it is shown', [0, 20, 2_520, 2_540], 2_560, [20, 2_500, 20, 20]],
  ['a hold of the keyframe', [0, 2_540, 2_500, 2_520], 2_560, [2_500, 20, 20, 20]],
  ['a hold of a B-frame', [0, 2_520, 20], 2_540, [20, 20, 2_500]],
  // The P would put the B, shown at 20, 2.5 s behind: the B covers it, but for the P's own millisecond.
  ['a hold of a P-frame at the end', [0, 40, 20], 2_540, [20, 1, 2_519]],
  ['a hold of a P-frame in the middle', [0, 40, 20, 2_540, 2_560], 2_580, [20, 1, 2_519, 20, 20]],
  ['one frame', [0], 2_000, [2_000]],
])('%s', (_name, pts, end, durations) => {
  expect(sampleDurations(pts, end, limits)).toEqual(durations);
});

test('the limits are a tenth of a second and a millisecond, and never nothing', () => {
  expect(decodeLimits(90_000)).toEqual({ lag: 9_000, least: 90 });
  expect(decodeLimits(24)).toEqual({ lag: 2, least: 1 });
});
test('throws for two frames at one time, and for one behind the end', () => {
  expect(() => sampleDurations([0, 20, 20], 60, limits)).toThrow('OUTPUT_DAMAGED');
  expect(() => sampleDurations([0, 20, 40], 40, limits)).toThrow('OUTPUT_DAMAGED');
});
