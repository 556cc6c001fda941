import { expect, test } from 'vitest';
import type { StatusAnswer } from '../../../src/cli/api-client.ts';
import { changesSince, progressLine } from '../../../src/cli/progress-line.ts';

const status = (steps: Partial<StatusAnswer['pipeline_progress']>): StatusAnswer => ({
  video_id: 'vid_1',
  status: 'transcoding',
  pipeline_progress: {
    percent: 2,
    probe: 'completed',
    split: 'running',
    transcode: { completed: 0, total: 0, percent: 0 },
    package: 'pending',
    thumbnails: 'pending',
    moderation: 'skipped',
    drm: 'skipped',
    ...steps,
  },
  estimated_completion: null,
  started_at: null,
});

test('one line shows every step, and how far the encodes are', () => {
  expect(progressLine(status({}))).toBe('  2 %  probe ✓  split …  transcode ░░░░░░░░░░   0 %  thumbnails ·  package ·');
  const half = status({
    percent: 51,
    split: 'completed',
    transcode: { completed: 5, total: 10, percent: 50 },
    thumbnails: 'failed',
  });
  expect(progressLine(half)).toBe(' 51 %  probe ✓  split ✓  transcode █████░░░░░  50 % 5/10  thumbnails ✗  package ·');
});

test('without a terminal only what has changed is said, encodes by the tenth', () => {
  const first = status({ probe: 'running', split: 'pending' });
  const later = status({ transcode: { completed: 1, total: 8, percent: 12 } });
  expect(changesSince(null, first)).toEqual(['probe: running']);
  expect(changesSince(first, later)).toEqual(['probe: completed', 'split: running', 'transcode: 12 % (1 of 8)']);
  expect(changesSince(later, status({ transcode: { completed: 1, total: 8, percent: 19 } }))).toEqual([]);
});

test('a video whose work waits says so before its steps, and once where no line is drawn again', () => {
  const waits = { ...status({}), waiting: { code: 'CONFIG_INVALID', since: '2026-03-01T10:00:00Z' } };
  expect(progressLine(waits)).toMatch(/^ {2}2 % {2}waits for the storage, goes on by itself {2}probe/);
  expect(changesSince(status({}), waits)).toEqual(['waits for the storage, goes on by itself']);
  expect(changesSince(waits, waits)).toEqual([]);
  expect(changesSince(waits, { ...status({}), waiting: null })).toEqual(['goes on']);
});

test('sound alone has nothing to count, and no thumbnails', () => {
  const alone = status({
    split: 'completed',
    transcode: { completed: 0, total: 0, percent: 50 },
    thumbnails: 'skipped',
  });
  expect(progressLine(alone)).toBe('  2 %  probe ✓  split ✓  transcode █████░░░░░  50 %  thumbnails –  package ·');
  expect(changesSince(status({ split: 'completed' }), alone)).toEqual(['thumbnails: skipped', 'transcode: 50 %']);
});
