import { describe, expect, test } from 'vitest';
import { videoStatus } from '../../../../src/api/live/status.ts';
import type { TaskCount } from '../../../../src/database/read-progress.ts';
import type { TaskStatus } from '../../../../src/database/task-statuses.ts';
import type { TaskType } from '../../../../src/plan/task-specs.ts';

const task = (type: TaskType, status: TaskStatus, progress = status === 'completed' ? 1 : 0, count = 1): TaskCount => ({
  ...{ type, status, count, progress, inherited: 0 },
});
const start = new Date('2026-03-01T10:00:00Z');
const at = (
  status: 'transcoding' | 'packaging' | 'ready' | 'failed',
  current: TaskCount[],
  ...earlier: TaskCount[][]
) =>
  videoStatus(
    { id: 'vid_1', status, runId: 'run_1', startedAt: start, errorCode: null, errorDetail: null },
    { current, earlier },
    start,
  ).pipeline_progress;
const percents = (...given: Parameters<typeof at>) => {
  const { percent, transcode } = at(...given);
  return [percent, transcode.percent];
};

const waits = [task('package', 'pending'), task('finalize', 'pending')];
const begun = [task('probe', 'pending'), task('split', 'pending'), ...waits];
const planned = [task('probe', 'completed'), task('split', 'completed')];
const clip = (encode: TaskCount, ...rest: TaskCount[]) => [...planned, encode, ...rest];
const others = [task('audio', 'completed'), task('thumbnail', 'completed')];

/** The way of a clip of one segment: what its rows hold, the percent of the video, and that of its encodes. */
const way: [string, TaskCount[], number, number][] = [
  ['waits', begun, 0, 0],
  ['is half probed', [task('probe', 'running', 0.5), task('split', 'pending'), ...waits], 1, 0],
  ['is probed', [task('probe', 'completed'), task('split', 'running'), ...waits], 2, 0],
  [
    'is being planned: what runs of it already does not count yet',
    [task('probe', 'completed'), task('split', 'running'), task('transcode', 'running', 0.4), ...waits],
    2,
    0,
  ],
  [
    'is planned',
    clip(task('transcode', 'pending'), task('audio', 'pending'), task('thumbnail', 'pending'), ...waits),
    3,
    0,
  ],
  [
    'has begun',
    clip(task('transcode', 'running', 0.1), task('audio', 'completed'), task('thumbnail', 'pending'), ...waits),
    14,
    10,
  ],
  ['is half encoded', clip(task('transcode', 'running', 0.5), ...others, ...waits), 51, 50],
  ['is tried again', clip(task('transcode', 'retrying', 0.5), ...others, ...waits), 51, 50],
  ['is nearly encoded', clip(task('transcode', 'running', 0.99), ...others, ...waits), 94, 99],
  ['is encoded', clip(task('transcode', 'completed'), ...others, ...waits), 95, 99],
  [
    'is half packaged',
    clip(task('transcode', 'completed'), ...others, task('package', 'running', 0.5), task('finalize', 'pending')),
    96,
    99,
  ],
  [
    'is packaged',
    clip(task('transcode', 'completed'), ...others, task('package', 'completed'), task('finalize', 'running')),
    98,
    99,
  ],
  [
    'is checked, and not yet shown',
    clip(task('transcode', 'completed'), ...others, task('package', 'completed'), task('finalize', 'completed')),
    99,
    99,
  ],
];

test.each(way)('a clip of one segment that %s', (_name, tasks, video, encodes) => {
  expect(percents('transcoding', tasks)).toEqual([video, encodes]);
});

test('neither number falls on the way, and the video moves at nearly every step', () => {
  const seen = way.map(([, tasks]) => percents('transcoding', tasks));
  for (const column of [0, 1]) {
    const numbers = seen.map((pair) => pair[column] ?? -1);
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
  }
  expect(new Set(seen.map(([percent]) => percent)).size).toBeGreaterThan(way.length - 4);
});

test('only what is ready is whole', () => {
  const all = way.at(-1)?.[1] ?? [];
  expect(percents('ready', all)).toEqual([100, 100]);
  expect(percents('failed', clip(task('transcode', 'failed', 0.5), ...others, ...waits))).toEqual([51, 50]);
});

describe('what a plan leaves out', () => {
  test.each<[string, TaskCount[], number]>([
    ['no sound and no thumbnails, before its encodes', clip(task('transcode', 'pending'), ...waits), 3],
    ['no sound and no thumbnails, half encoded', clip(task('transcode', 'running', 0.5), ...waits), 48],
    ['sound alone, half made', [...planned, task('audio', 'running', 0.5), ...waits], 48],
    ['sound alone, made', [...planned, task('audio', 'completed'), ...waits], 94],
  ])('weighs nothing: %s', (_name, tasks, percent) => {
    expect(at('transcoding', tasks).percent).toBe(percent);
  });

  test('is not known before: the number does not fall once it is', () => {
    const before = at('transcoding', [task('probe', 'completed'), task('split', 'running', 1), ...waits]).percent;
    for (const rest of [[task('audio', 'pending')], [task('transcode', 'pending')]]) {
      expect(at('transcoding', [...planned, ...rest, ...waits]).percent).toBeGreaterThanOrEqual(before);
    }
  });
});

describe('a run that took the place of another', () => {
  const before = clip(task('transcode', 'completed', 3, 3), task('transcode', 'running', 0.4), ...others, ...waits);

  test('shows what was reached, until it has come further', () => {
    expect(percents('transcoding', begun, before)).toEqual([81, 85]);
    expect(percents('transcoding', clip(task('transcode', 'completed', 2, 2), ...others, ...waits), before)).toEqual([
      95, 99,
    ]);
  });

  test('begins anew with what a retry makes anew: that stands in the run before as not begun', () => {
    const anew = clip(task('transcode', 'pending', 0, 4), ...others, ...waits);
    expect(percents('transcoding', begun, anew)).toEqual([8, 0]);
    const all = [task('probe', 'pending'), task('split', 'pending'), task('transcode', 'pending', 0, 4), ...waits];
    expect(percents('transcoding', begun, all)).toEqual([0, 0]);
  });
});
