import { expect, test } from 'vitest';
import { flowNode, retryDelay } from '../../../src/flows/flow-node.ts';
import { standInJobs } from '../../support/stand-in-jobs.ts';

const jobs = standInJobs();

test('a node carries all that BullMQ inherits from nowhere', () => {
  const payload = { videoId: 'vid_a', runId: 'run_b', name: 'encode.h264.0003.low', fleet: 'cpu' as const };
  expect(flowNode(jobs.encode, payload, { priority: 7 })).toEqual({
    name: 'encode',
    queueName: 'encode-cpu',
    data: payload,
    opts: {
      jobId: 'vid_a.run_b.encode.h264.0003.low',
      attempts: 3,
      backoff: { type: 'capped', delay: 20 },
      priority: 7,
      removeOnFail: false,
      removeOnComplete: { age: 259_200 },
    },
  });
});

test('a payload that does not fit its job is refused where the tree is built', () => {
  const payload: object = { videoId: 'vid_a', runId: 'run_b', name: 'encode.h264.0003.low', fleet: 'tape' };
  expect(() => flowNode(jobs.encode, payload as never, { priority: 1 })).toThrow(/fleet/);
});

test('priority 0, which would beat all others, is refused', () => {
  expect(() => flowNode(jobs.probe, { videoId: 'v', runId: 'r' }, { priority: 0 })).toThrow(RangeError);
});

test.each([
  [1, 0, 1_000],
  [2, 0, 2_000],
  [3, 0, 4_000],
  [10, 0, 60_000],
  [1, 1, 500],
  [10, 1, 30_000],
])('try %i with chance %d waits %d ms', (attempt, random, ms) => {
  expect(retryDelay({ initialMs: 1_000, longestMs: 60_000 }, attempt, random)).toBe(ms);
});
