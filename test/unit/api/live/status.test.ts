import { describe, expect, test } from 'vitest';
import { videoStatus } from '../../../../src/api/live/status.ts';
import type { TaskCount } from '../../../../src/database/read-progress.ts';
import type { TaskStatus } from '../../../../src/database/task-statuses.ts';
import type { TaskType } from '../../../../src/plan/task-specs.ts';

const start = new Date('2026-03-01T10:00:00Z');
const secondsLater = (seconds: number) => new Date(start.getTime() + seconds * 1_000);

const task = (type: TaskType, status: TaskStatus, progress = 0): TaskCount => ({
  ...{ type, status, count: 1, progress, inherited: 0 },
});
const work = (current: TaskCount[], ...earlier: TaskCount[][]) => ({ current, earlier });
const skeleton = (status: TaskStatus = 'pending') => [task('package', status), task('finalize', status)];
const planned = [task('probe', 'completed'), task('split', 'completed'), ...skeleton()];
const video = (status: Parameters<typeof videoStatus>[0]['status'], runId: string | null = 'run_1') => ({
  id: 'vid_1',
  status,
  runId,
  startedAt: runId ? start : null,
  errorCode: status === 'failed' ? 'INPUT_EMPTY' : null,
  errorDetail: null,
});
const none = { completed: 0, total: 0, percent: 0 };

describe('a status is in the user’s shape', () => {
  test('before the upload is complete, every step waits', () => {
    expect(videoStatus(video('awaiting_upload', null), work([]), start)).toEqual({
      video_id: 'vid_1',
      status: 'awaiting_upload',
      pipeline_progress: {
        percent: 0,
        probe: 'pending',
        split: 'pending',
        transcode: none,
        package: 'pending',
        thumbnails: 'pending',
        moderation: 'skipped',
        drm: 'skipped',
      },
      estimated_completion: null,
      waiting: null,
      error: null,
      started_at: null,
    });
  });

  test('in mid-run it counts what encoders have done and tells when it may end', () => {
    const tasks = [
      ...planned,
      task('transcode', 'completed', 1),
      task('transcode', 'completed', 1),
      task('transcode', 'running', 0.5),
      task('transcode', 'pending'),
      task('audio', 'completed', 1),
      task('thumbnail', 'running', 0.2),
    ];
    const status = videoStatus(video('transcoding'), work(tasks), secondsLater(60));
    expect(status.pipeline_progress).toEqual({
      percent: 60, // of 0.60775, see below
      probe: 'completed',
      split: 'completed',
      transcode: { completed: 2, total: 4, percent: 62 },
      package: 'pending',
      thumbnails: 'running',
      moderation: 'skipped',
      drm: 'skipped',
    });
    expect(status.started_at).toBe('2026-03-01T10:00:00.000Z');
    // 0.02 + 0.01 + 0.87 x 0.625 + 0.03 + 0.02 x 0.2 of the whole took 60 s.
    const left = (Date.parse(status.estimated_completion ?? '') - secondsLater(60).getTime()) / 1_000;
    expect(left).toBeCloseTo((60 * (1 - 0.60775)) / 0.60775, 2);
  });

  test('a ready video is done, and has nothing to estimate', () => {
    const tasks = [
      ...[task('probe', 'completed'), task('split', 'completed'), ...skeleton('completed')],
      task('transcode', 'completed'),
      task('thumbnail', 'completed'),
    ];
    const { pipeline_progress, estimated_completion } = videoStatus(video('ready'), work(tasks), secondsLater(90));
    expect(pipeline_progress.transcode).toEqual({ completed: 1, total: 1, percent: 100 });
    expect(pipeline_progress).toMatchObject({
      percent: 100,
      probe: 'completed',
      package: 'completed',
      thumbnails: 'completed',
    });
    expect(estimated_completion).toBeNull();
  });
});

describe('each step says where it is', () => {
  test.each<[string, TaskStatus[], string]>([
    ['waits', ['pending'], 'pending'],
    ['runs', ['running'], 'running'],
    ['is tried again', ['retrying'], 'running'],
    ['is half done', ['completed', 'pending'], 'running'],
    ['is done', ['completed', 'completed'], 'completed'],
    ['has failed, whatever the rest does', ['completed', 'failed', 'running'], 'failed'],
  ])('%s', (_name, states, expected) => {
    const tasks = states.map((status) => task('thumbnail', status));
    expect(videoStatus(video('transcoding'), work(tasks), start).pipeline_progress.thumbnails).toBe(expected);
  });

  test('a step that the plan left out is skipped, one that is not planned yet waits', () => {
    const of = (tasks: TaskCount[]) =>
      videoStatus(video('transcoding'), work(tasks), start).pipeline_progress.thumbnails;
    expect(of(planned)).toBe('skipped');
    expect(of([task('probe', 'running'), task('split', 'pending')])).toBe('pending');
  });

  test('nothing is left to wait for where the upload failed', () => {
    expect(videoStatus(video('failed', null), work([]), start).pipeline_progress.probe).toBe('skipped');
  });
});

describe('sound alone has no encodes and no thumbnails', () => {
  const at = (audio: TaskCount, status: 'transcoding' | 'packaging' | 'ready' = 'transcoding') =>
    videoStatus(video(status), work([...planned, audio]), secondsLater(30));

  test.each<[string, TaskCount, number]>([
    ['waits', task('audio', 'pending'), 0],
    ['is half made', task('audio', 'running', 0.5), 50],
    ['is made and not yet packaged', task('audio', 'completed', 0.9), 99],
  ])('its percent is that of its sound: %s', (_name, audio, percent) => {
    const { transcode, thumbnails } = at(audio).pipeline_progress;
    expect(transcode).toEqual({ completed: 0, total: 0, percent });
    expect(thumbnails).toBe('skipped');
  });

  test('ready is 100 %', () => {
    expect(at(task('audio', 'completed', 1), 'ready').pipeline_progress.transcode.percent).toBe(100);
  });

  test('the sound is nearly all of the time that it takes', () => {
    const { estimated_completion } = at(task('audio', 'running', 0.5));
    // 0.02 + 0.01 + 0.9 x 0.5 of 0.98 took 30 s.
    const fraction = 0.48 / 0.98;
    const left = (Date.parse(estimated_completion ?? '') - secondsLater(30).getTime()) / 1_000;
    expect(left).toBeCloseTo((30 * (1 - fraction)) / fraction, 2);
  });

  test('while split writes the rows of a plan, the sound that stands there alone is not taken for all of it', () => {
    const writing = [
      task('probe', 'completed'),
      task('split', 'running'),
      ...skeleton(),
      task('audio', 'running', 0.5),
    ];
    const { pipeline_progress, estimated_completion } = videoStatus(
      video('transcoding'),
      work(writing),
      secondsLater(30),
    );
    expect(pipeline_progress.transcode.percent).toBe(0);
    expect(estimated_completion).toBeNull();
  });
});

describe('progress never goes back, and is whole only when ready', () => {
  test('all segments done is 99 % until the video has passed its last check', () => {
    const tasks = [...planned, task('transcode', 'completed')];
    const at = (status: 'packaging' | 'ready') =>
      videoStatus(video(status), work(tasks), secondsLater(10)).pipeline_progress.transcode;
    expect(at('packaging')).toEqual({ completed: 1, total: 1, percent: 99 });
    expect(at('ready')).toEqual({ completed: 1, total: 1, percent: 100 });
  });

  test.each([
    ['was ready', 'completed', 100],
    ['was under way', 'pending', 99],
  ] as const)('a video that %s when it was removed stays as far as it was', (_, status, percent) => {
    const tasks = [...planned, task('transcode', 'completed'), task('finalize', status)];
    const { pipeline_progress } = videoStatus(video('removed'), work(tasks), secondsLater(10));
    expect(pipeline_progress.transcode.percent).toBe(percent);
  });

  test('a run that took the place of another keeps what was shown, until it has come further', () => {
    const before = [...planned, { ...task('transcode', 'completed', 3), count: 3 }];
    const ended = [...before, task('transcode', 'running', 0.4)];
    const fresh = [task('probe', 'pending'), task('split', 'pending'), ...skeleton()];
    const shown = (current: TaskCount[]) =>
      videoStatus(video('transcoding'), work(current, ended), secondsLater(9)).pipeline_progress.transcode;
    expect(shown(fresh)).toEqual({ completed: 3, total: 4, percent: 85 });
    expect(shown([...planned, task('transcode', 'completed')])).toEqual({ completed: 1, total: 1, percent: 99 });
  });

  const all = [...planned, task('transcode', 'completed', 1), task('thumbnail', 'completed', 1)];
  const unplanned = [task('probe', 'completed', 1), task('split', 'running'), ...skeleton()];
  const redone = [task('probe', 'completed', 1), task('split', 'pending'), task('thumbnail', 'pending')];
  test.each<[string, TaskCount[], TaskCount[], string[]]>([
    ['before its plan', unplanned, all, ['completed', 'completed', 'completed', 'pending']],
    ['of a video without thumbnails', unplanned, planned, ['completed', 'completed', 'skipped', 'pending']],
    ['where it makes them anew', unplanned, redone, ['completed', 'running', 'pending', 'pending']],
    ['where its own fails', [task('probe', 'failed')], all, ['failed', 'completed', 'completed', 'pending']],
    [
      'once its plan is made',
      [...planned, task('thumbnail', 'running')],
      all,
      ['completed', 'completed', 'running', 'pending'],
    ],
    [
      'after a package, which it makes anew',
      unplanned,
      [...all, task('package', 'completed')],
      ['completed', 'completed', 'completed', 'pending'],
    ],
  ])('a run that took the place of another does not take its steps back: %s', (_name, current, before, expected) => {
    const {
      probe,
      split,
      thumbnails,
      package: packaged,
    } = videoStatus(video('transcoding'), work(current, before), secondsLater(9)).pipeline_progress;
    expect([probe, split, thumbnails, packaged]).toEqual(expected);
  });

  test('many tasks count as one of them each', () => {
    const many = (status: TaskStatus, count: number, progress: number) => ({
      ...task('transcode', status, progress),
      count,
    });
    const tasks = [...planned, many('completed', 30, 30), many('running', 2, 1), many('pending', 68, 0)];
    const status = videoStatus(video('transcoding'), work(tasks), secondsLater(100));
    expect(status.pipeline_progress.transcode).toEqual({ completed: 30, total: 100, percent: 31 });
    const one = videoStatus(
      video('transcoding'),
      work([...planned, task('transcode', 'running', 0.31)]),
      secondsLater(100),
    );
    expect(status.estimated_completion).toBe(one.estimated_completion);
  });
});

test('a failed video says why, and nothing that only operators are told', () => {
  const { error } = videoStatus(video('failed'), work(planned), start);
  expect(error).toEqual({ code: 'INPUT_EMPTY', detail: '', hint: expect.any(String), retryable: false });
});

test.each([
  ['before the plan', [task('probe', 'running', 0.5)], 20],
  ['when hardly anything is done', [...planned, task('transcode', 'pending')], 20],
  ['at the very start', [...planned, task('transcode', 'completed')], 0],
])('no estimate %s', (_name, tasks, seconds) => {
  expect(videoStatus(video('transcoding'), work(tasks), secondsLater(seconds)).estimated_completion).toBeNull();
});
