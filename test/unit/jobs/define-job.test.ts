import { expect, test } from 'vitest';
import { jobId, parseJobId } from '../../../src/jobs/define-job.ts';
import { deliverable } from '../../../src/jobs/deliver-job.ts';
import { standInJobs } from '../../support/stand-in-jobs.ts';

const { encode } = standInJobs();

test('an id tells its video, run and task, and nothing else does', () => {
  const task = { videoId: 'vid_a', runId: 'run_b', name: 'encode.h264.0003.low' };
  expect(jobId(task)).toBe('vid_a.run_b.encode.h264.0003.low');
  expect(parseJobId(jobId(task))).toEqual(task);
  expect(parseJobId('repeat:abc:1')).toBeNull();
});

test('a delivery is named by its checked payload', () => {
  const data = { videoId: 'vid_a', runId: 'run_b', name: 'encode.h264.0003.low', fleet: 'cpu' };
  expect(deliverable(encode).open(data)).toMatchObject({
    videoId: 'vid_a',
    runId: 'run_b',
    name: 'encode.h264.0003.low',
  });
});

test.each([[null], [{}], [{ videoId: 'vid_a', runId: 'run_b', name: 'x', fleet: 'tape' }]])(
  'a payload that does not fit is refused: %j',
  (data) => {
    expect(() => deliverable(encode).open(data)).toThrow();
  },
);
