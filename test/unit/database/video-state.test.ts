import { expect, test } from 'vitest';
import {
  canMove,
  finalStatuses,
  isFinal,
  statusesBefore,
  statusOfWork,
  videoStatuses,
} from '../../../src/database/video-state.ts';

test.each([
  ['uploaded', ['awaiting_upload']],
  ['probing', ['uploaded']],
  ['transcoding', ['uploaded', 'probing']],
  ['packaging', ['uploaded', 'probing', 'transcoding']],
  ['ready', ['uploaded', 'probing', 'transcoding', 'packaging', 'moderating']],
  ['expired', ['awaiting_upload']],
  ['awaiting_upload', []],
] as const)('%s comes from %j', (to, from) => {
  expect(statusesBefore(to)).toEqual(from);
});

test('nothing leads back, and out of a final state nothing but removal', () => {
  expect(finalStatuses).toEqual(['ready', 'failed', 'removed', 'cancelled', 'expired']);
  for (const from of videoStatuses) {
    for (const to of videoStatuses) {
      const goesBack = !isFinal(to) && videoStatuses.indexOf(to) <= videoStatuses.indexOf(from);
      const wakes = isFinal(from) && to !== 'removed';
      if (canMove(from, to)) expect([from, to, goesBack || wakes]).toEqual([from, to, false]);
    }
  }
});

test('every video can be removed, once', () => {
  for (const status of videoStatuses) expect(canMove(status, 'removed')).toBe(status !== 'removed');
});

test('every open state can fail', () => {
  for (const status of videoStatuses) expect(canMove(status, 'failed')).toBe(!isFinal(status));
});

test.each([
  [[], 'probing'],
  [['probe'], 'transcoding'],
  [['probe', 'split'], 'transcoding'],
  [['probe', 'split', 'transcode'], 'transcoding'],
  [['probe', 'split', 'audio', 'thumbnail'], 'transcoding'],
  [['probe', 'split', 'transcode', 'audio'], 'packaging'],
  [['probe', 'split', 'transcode', 'audio', 'package', 'thumbnail'], 'packaging'],
] as const)('a run that is taken up again with %j committed is %s', (committed, status) => {
  const types = ['probe', 'split', 'transcode', 'audio', 'thumbnail', 'package', 'finalize'] as const;
  const done = new Set<string>(committed);
  const tasks = types.map((type) => ({ type, status: done.has(type) ? 'completed' : 'pending' }));
  expect(statusOfWork(tasks)).toBe(status);
});

test('one open encode among committed ones is transcoding', () => {
  const tasks = ['completed', 'failed', 'completed'].map((status) => ({ type: 'transcode' as const, status }));
  expect(statusOfWork(tasks)).toBe('transcoding');
});
