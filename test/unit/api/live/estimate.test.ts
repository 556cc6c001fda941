import { expect, test } from 'vitest';
import { estimatedCompletion } from '../../../../src/api/live/estimate.ts';
import type { TaskCount } from '../../../../src/database/read-progress.ts';

const startedAt = new Date('2026-03-01T10:00:00Z');
const encodes = 1_000;

/** A retry that has taken over its probe and some encodes, and made others since. */
const retried = (inherited: number, made: number): TaskCount[] => [
  { type: 'probe', status: 'completed', count: 1, progress: 1, inherited: 1 },
  { type: 'split', status: 'completed', count: 1, progress: 1, inherited: 0 },
  { type: 'transcode', status: 'completed', count: inherited + made, progress: inherited + made, inherited },
  { type: 'transcode', status: 'pending', count: encodes - inherited - made, progress: 0, inherited: 0 },
  { type: 'package', status: 'pending', count: 1, progress: 0, inherited: 0 },
  { type: 'finalize', status: 'pending', count: 1, progress: 0, inherited: 0 },
];

const secondsLeft = (tasks: TaskCount[], elapsed: number): number | null => {
  const now = new Date(startedAt.getTime() + elapsed * 1_000);
  const end = estimatedCompletion({ status: 'transcoding', startedAt }, tasks, now);
  return end && (end.getTime() - now.getTime()) / 1_000;
};

test.each<[string, number, number, number, number | null]>([
  ['one encode in a minute, after half was taken over, tells nothing', 500, 1, 60, null],
  ['a tenth at a minute each, the rest to come as fast', 500, 100, 6_000, 24_000],
  ['all was made in this time', 0, 600, 36_000, 24_000],
  ['all was taken over', 1_000, 0, 60, null],
])('what a retry took over tells nothing of its speed: %s', (_name, inherited, made, elapsed, expected) => {
  const left = secondsLeft(retried(inherited, made), elapsed);
  if (expected === null) expect(left).toBeNull();
  // The shares of the other steps blur it.
  else expect(Math.abs((left ?? 0) / expected - 1)).toBeLessThan(0.2);
});
