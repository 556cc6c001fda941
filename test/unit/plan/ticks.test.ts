import { expect, test } from 'vitest';
import { decimalSeconds, gridInterval, gridStart } from '../../../src/plan/ticks.ts';

test.each([
  [0, 1, 90_000, 'down', '0.000000'],
  [1, 1, 90_000, 'down', '0.000011'],
  [1, 1, 90_000, 'up', '0.000012'],
  [90_000, 1, 90_000, 'up', '1.000000'],
  [-1, 1, 90_000, 'down', '-0.000012'],
  [-1, 1, 90_000, 'up', '-0.000011'],
  [-180_000, 1, 90_000, 'up', '-2.000000'],
  [30, 1_001, 30_000, 'down', '1.001000'],
  [12, 1_001, 30_000, 'up', '0.400400'],
  [9_007_199_254_740_991, 1, 10_000_000, 'down', '900719925.474099'],
] as const)('%i ticks of %i/%i s, rounded %s, are %s s', (ticks, numerator, denominator, rounding, expected) => {
  expect(decimalSeconds(ticks, { numerator, denominator }, rounding)).toBe(expected);
});

test('a grid interval begins at the first tick that is not before its time', () => {
  const timeBase = { numerator: 1_001, denominator: 30_000 };
  // 4 s are 119.88 ticks of 1001/30000 s.
  expect(gridStart(1, timeBase, 4)).toBe(120);
  expect([119, 120, 239, 240].map((tick) => gridInterval(tick, timeBase, 4))).toEqual([0, 1, 1, 2]);
});

test('a step of seconds with a fraction is exact to the millisecond', () => {
  const timeBase = { numerator: 1, denominator: 1_000 };
  expect(gridStart(3, timeBase, 1.001)).toBe(3_003);
  expect([3_002, 3_003].map((tick) => gridInterval(tick, timeBase, 1.001))).toEqual([2, 3]);
});
