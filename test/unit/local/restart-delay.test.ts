import { expect, test } from 'vitest';
import { countDeath, restartDelay } from '../../../src/local/restart-delay.ts';

test('the wait doubles with every death in a row, up to half a minute', () => {
  expect([1, 2, 3, 4, 5, 6, 7, 8, 100].map(restartDelay)).toEqual([
    500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000,
  ]);
});

test('a process that lived for a minute starts a new row', () => {
  expect(countDeath(6, 59_999)).toBe(7);
  expect(countDeath(6, 60_000)).toBe(1);
});
