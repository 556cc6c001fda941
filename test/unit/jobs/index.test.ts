import { readdir } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { jobs } from '../../../src/jobs/index.ts';
import { queueNames } from '../../../src/jobs/queues.ts';

const run = { videoId: 'vid_a', runId: 'run_b' };

test('every file of a job is in the list, under its name, and the other way round', async () => {
  const files = (await readdir(new URL('../../../src/jobs/', import.meta.url))).filter((file) =>
    file.endsWith('.job.ts'),
  );
  expect(Object.keys(jobs).sort()).toEqual(files.map((file) => file.replace('.job.ts', '')).sort());
});

test.each(Object.entries(jobs))('%s: its name, a queue that exists, and at least three attempts', (step, job) => {
  expect(job.name).toBe(step);
  expect(queueNames).toContain(job.queue({ ...run, name: 'encode.h264.0000.all', fleet: 'cpu' }));
  // The Postgres backend can turn a finished job into a failed attempt: fewer would fail a video for nothing.
  expect(job.attempts).toBeGreaterThanOrEqual(3);
  expect(job.timeoutMs).toBeGreaterThan(0);
  expect(job.backoff.longestMs).toBeGreaterThanOrEqual(job.backoff.initialMs);
});
