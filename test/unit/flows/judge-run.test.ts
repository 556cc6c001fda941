import { expect, test } from 'vitest';
import type { OpenRun } from '../../../src/database/database.ts';
import { judgeRun, type RunInQueue } from '../../../src/flows/judge-run.ts';
import type { QueueState } from '../../../src/flows/queue-connection.ts';

const names = ['probe', 'split', 'encode.h264.0000.all', 'package', 'finalize'];
const fine = { rebuild: null, retry: [], suspects: [] };

const runOf = (open: string[], changes: Partial<OpenRun> = {}): OpenRun => ({
  videoId: 'vid_a',
  runId: 'run_b',
  creatorId: 'creator',
  priority: 'normal',
  waitsInOutbox: false,
  openTasks: open.map((name) => ({ name, status: 'pending' })),
  ...changes,
});

const queueOf = (states: Record<string, QueueState>, changes: Partial<RunInQueue> = {}): RunInQueue => ({
  states: new Map(Object.entries(states)),
  failed: [],
  liveChildren: new Map(),
  ...changes,
});

const waiting: Record<string, QueueState> = { package: 'waiting-children', finalize: 'waiting-children' };

test.each<QueueState>(['active', 'waiting', 'prioritized', 'delayed', 'waiting-children'])(
  'a job that is %s is alive',
  (state) => {
    const states = { ...waiting, 'encode.h264.0000.all': state };
    expect(judgeRun(runOf(['encode.h264.0000.all', 'package', 'finalize']), queueOf(states), new Set())).toEqual(fine);
  },
);

test('a run that waits in the outbox need not be in the queue', () => {
  const run = runOf(names, { waitsInOutbox: true });
  expect(judgeRun(run, queueOf({ finalize: 'unknown' }), new Set())).toEqual(fine);
});

test('a run whose root is gone is rebuilt at once', () => {
  const verdict = judgeRun(runOf(names), queueOf({ finalize: 'unknown' }), new Set());
  expect(verdict.rebuild).toMatch(/not in the queue/);
});

test('while split plans, a row without a job is suspect, and lost only in the next pass', () => {
  const run = runOf(['split', 'encode.h264.0000.all', 'package', 'finalize']);
  const queue = queueOf({ ...waiting, split: 'active', 'encode.h264.0000.all': 'unknown' });
  const first = judgeRun(run, queue, new Set());
  expect(first).toEqual({ rebuild: null, retry: [], suspects: ['gone encode.h264.0000.all'] });
  expect(judgeRun(run, queue, new Set(first.suspects)).rebuild).toMatch(/encode\.h264\.0000\.all/);
});

test('once split has ended, a row without a job is lost at once', () => {
  const run = runOf(['encode.h264.0000.all', 'package', 'finalize']);
  const verdict = judgeRun(run, queueOf({ ...waiting, 'encode.h264.0000.all': 'unknown' }), new Set());
  expect(verdict.rebuild).toMatch(/encode\.h264\.0000\.all is not in the queue/);
});

test('a job that ended while its row is open counts from the second pass on', () => {
  const run = runOf(['encode.h264.0000.all', 'package', 'finalize']);
  const queue = queueOf({ ...waiting, 'encode.h264.0000.all': 'completed' });
  const first = judgeRun(run, queue, new Set());
  expect(first.rebuild).toBeNull();
  expect(judgeRun(run, queue, new Set(first.suspects)).rebuild).toMatch(/done encode/);
});

test('a job that failed without a reason of ours is put back to work in the second pass, its row open or committed', () => {
  const run = runOf(['package', 'finalize']);
  const queue = queueOf(waiting, { failed: ['encode.h264.0000.all'], liveChildren: new Map([['package', 0]]) });
  const first = judgeRun(run, queue, new Set());
  expect(first).toEqual({ rebuild: null, retry: [], suspects: ['failed encode.h264.0000.all'] });
  expect(judgeRun(run, queue, new Set(first.suspects))).toMatchObject({
    rebuild: null,
    retry: ['encode.h264.0000.all'],
  });
});

test('a parent that waits for nobody alive is stuck: a committed child was lost', () => {
  const run = runOf(['package', 'finalize']);
  const queue = queueOf(waiting, { liveChildren: new Map([['package', 0]]) });
  const first = judgeRun(run, queue, new Set());
  expect(first).toEqual({ rebuild: null, retry: [], suspects: ['stuck package'] });
  expect(judgeRun(run, queue, new Set(first.suspects)).rebuild).toMatch(/stuck package/);
});
