import { describe, expect, test } from 'vitest';
import { jobBody, jobStatus } from '../../../../src/api/videos/jobs.ts';
import { shownRun } from '../../../../src/api/videos/renditions.ts';
import type { QueuedTask } from '../../../../src/database/library.ts';
import { newId, timeOf } from '../../../../src/ids.ts';

describe('the status of a job', () => {
  test.each([
    ['pending', 'open', 'pending'],
    ['retrying', 'open', 'retrying'],
    ['completed', 'superseded', 'completed'],
    ['failed', 'cancelled', 'failed'],
    ['pending', 'failed', 'failed'],
    ['running', 'superseded', 'superseded'],
    ['retrying', 'cancelled', 'cancelled'],
  ] as const)('of a task that is %s, in a run that is %s, is %s', (status, runStatus, shown) => {
    expect(jobStatus({ status, runStatus })).toBe(shown);
  });
});

const task: QueuedTask = {
  ...{ id: newId('task'), name: 'package', type: 'package', status: 'pending', runStatus: 'failed' },
  ...{ resolution: null, codec: null, segmentIndex: null, progress: 0, attempts: 0, retryCount: 0, workerId: null },
  ...{ startedAt: null, completedAt: null, durationMs: null, errorCode: null, errorDetail: null },
  runError: { code: 'INPUT_DAMAGED', detail: 'a hole' },
};
const asked = { video: { id: 'vid_a', runId: 'run_b' }, runId: 'run_a', queueState: null, operator: false };

test.each<[string, Partial<QueuedTask>, object]>([
  ['a task that is not made has the reason of its run', {}, { error: { code: 'INPUT_DAMAGED' }, replaced_by: null }],
  ['its own reason goes first', { errorCode: 'FFMPEG_FAILED' }, { error: { code: 'FFMPEG_FAILED', detail: '' } }],
  ['done is done', { status: 'completed' }, { status: 'completed', error: null }],
  [
    'a superseded one leads to the current run',
    { runStatus: 'superseded', runError: null },
    { replaced_by: 'vid_a.run_b.package' },
  ],
])('%s', (_, more, body) => {
  expect(jobBody({ ...task, ...more }, asked)).toMatchObject(body);
});

test('an id tells when it was made', () => {
  expect(Math.abs(timeOf(newId('task')).getTime() - Date.now())).toBeLessThan(1_000);
});

test.each([
  ['transcoded/vid_a/run_b/package-1/manifest.m3u8', 'run_c', 'run_b'],
  [null, 'run_c', 'run_c'],
  [null, null, null],
])('of a video that plays %s and is at %s, %s is shown', (hlsKey, runId, shown) => {
  expect(shownRun({ hlsKey, runId })).toBe(shown);
});
