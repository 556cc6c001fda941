import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ticksIn } from '../../../bench/cpu-seconds.ts';
import { isSeen } from '../../../bench/known-load.ts';

const stat = (name: string) => `4711 (${name}) S 1 4711 4711 0 -1 4194560 1000 20 0 0 7 11 130 17 20 0 8 0 99 1000`;

test.each(['node', 'a b) R 1 2 3', '((('])('times are counted from behind a name like %o', (name) => {
  expect(ticksIn(stat(name), [14, 15])).toBe(7 + 11);
  expect(ticksIn(stat(name), [16, 17])).toBe(130 + 17);
});

test('fields are counted as proc_pid_stat(5) does: the fourth is the parent', () => {
  const own = readFileSync('/proc/self/stat', 'utf8');
  expect(ticksIn(own, [4])).toBe(process.ppid);
});

test.each([
  [2, 2, true],
  [2, 2.19, true],
  [2, 1.81, true],
  [2, 2.3, false],
  [2, 1.7, false],
  [2, 0.08, false],
])('of %d CPU-seconds burnt, %d found: believed %s', (burntSeconds, seenSeconds, believed) => {
  expect(isSeen({ burntSeconds, seenSeconds })).toBe(believed);
});
