import { z } from 'zod';
import {
  type BasePayload,
  defineJob,
  type EncodePayload,
  type JobContext,
  type Pipeline,
  type StepName,
} from '../../src/jobs/define-job.ts';

/** What the stand-in of a step does. */
export type StandIns = {
  [Step in Exclude<StepName, 'encode'>]?: (context: JobContext<BasePayload>) => Promise<void>;
} & {
  encode?: (context: JobContext<EncodePayload>) => Promise<void>;
};

const run = { videoId: z.string(), runId: z.string() };
const quick = { attempts: 3, backoff: { initialMs: 20, longestMs: 100 }, timeoutMs: 60_000 };

/** A pipeline with the queues and ids of the real one, whose steps do nothing but what a test gives them. */
export function standInJobs(steps: StandIns = {}): Pipeline {
  const step = (name: Exclude<StepName, 'encode'>, queue: 'control' | 'media') =>
    defineJob({
      name,
      queue: () => queue,
      ...quick,
      payload: z.object(run),
      taskName: () => name,
      run: async (context) => steps[name]?.(context),
    });
  return {
    probe: step('probe', 'media'),
    split: step('split', 'control'),
    encode: defineJob({
      name: 'encode',
      queue: ({ fleet }) => `encode-${fleet}` as const,
      ...quick,
      payload: z.object({ ...run, name: z.string(), fleet: z.enum(['cpu', 'gpu']) }),
      taskName: ({ name }) => name,
      run: async (context) => steps.encode?.(context),
    }),
    audio: step('audio', 'media'),
    thumbnails: step('thumbnails', 'media'),
    package: step('package', 'media'),
    finalize: step('finalize', 'control'),
  };
}
