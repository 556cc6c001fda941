import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { isAlive } from '../../../src/process/is-alive.ts';

test('we live, and so does one that we may not signal', () => {
  expect(isAlive(process.pid)).toBe(true);
  expect(isAlive(1)).toBe(true);
});

test('one that has ended and was waited for does not', () => {
  const { pid } = spawnSync('true');
  expect(isAlive(pid)).toBe(false);
});
