import { expect, test } from 'vitest';
import { forcedKeyframes } from '../../../src/ffmpeg/forced-keyframes.ts';
import { cutSegments } from '../../../src/plan/segments.ts';
import { constantIndex } from '../../support/plan-inputs.ts';

const timeBase = { numerator: 1, denominator: 90_000 };

test.each([
  ['one', [900], '0.000000'],
  ['several, rounded down', [900, 901, 180_899], '0.000000,0.000011,1.999988'],
])('a list of seconds from the source’s start: %s', (_, keyframes, expected) => {
  expect(forcedKeyframes({ keyframes }, { start: 900, timeBase })).toBe(expected);
});

test('an expression where the plan says that the list is too long', () => {
  const expected = 'expr:isnan(prev_forced_t)+gt(floor(t/2+1e-9),floor(prev_forced_t/2+1e-9))';
  expect(forcedKeyframes({ keyframes: [0], keyframeEvery: 2 }, { start: 0, timeBase })).toBe(expected);
});

test.each([
  ['twelve hours in one piece', false, 43_200, 2],
  ['two hours in one piece', false, 7_200, undefined],
  ['twelve hours in segments', true, 43_200, undefined],
])('no argument is longer than Linux takes: %s', (_, trustworthy, seconds, keyframeEvery) => {
  const start = 9_000_000;
  const index = constantIndex({ timeBase, ticksPerFrame: 90_000, frames: seconds, start });
  for (const segment of cutSegments({ ...index, trustworthy }, { mediaSegmentSeconds: 4, gopSeconds: 2 })) {
    expect(segment.keyframeEvery).toBe(keyframeEvery);
    expect(forcedKeyframes(segment, { start, timeBase }).length).toBeLessThan(128 * 1_024);
  }
});
