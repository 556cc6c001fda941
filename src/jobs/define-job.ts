import type { z } from 'zod';
import type { Fleet } from '../plan/encode-plan.ts';
import type { QueueName } from './queues.ts';
import type { JobServices } from './services.ts';

/** What a handler is given: its checked payload, this process's services, and how to report and to stop. */
export interface JobContext<Payload> extends JobServices {
  payload: Payload;
  /** Empty at the start, removed after the job. */
  workDir: string;
  /** Aborts on cancel, on a lost lock, on the time-out, at the shutdown deadline, and when the job is over. */
  signal: AbortSignal;
}

/** Every job's payload names its video and its run; ids and numbers only, below 1 KB. */
export interface BasePayload {
  videoId: string;
  runId: string;
}

/** A segment in a codec: `name` is the task's, in the plan. */
export interface EncodePayload extends BasePayload {
  name: string;
  fleet: Fleet;
}

export interface JobDefinition<Payload extends BasePayload = BasePayload> {
  /** The step, as in `jobs/<step>.job.ts` and in the job's id. */
  name: string;
  queue: (payload: Payload) => QueueName;
  /** Deliveries that may end in an error before the job is given up. A stall or a hand-back uses none. */
  attempts: number;
  backoff: { initialMs: number; longestMs: number };
  timeoutMs: number;
  payload: z.ZodType<Payload>;
  /** The task's name in its run, `<step>[.<part>]`: equal for equal work, and the end of the job's id. */
  taskName(payload: Payload): string;
  /** Estimated peak of the memory of its tools, bytes: it begins where so much is free. Without it: too little to ask for. */
  memoryBytes?(context: Pick<JobContext<Payload>, 'payload' | 'runs'>): Promise<number>;
  run(context: JobContext<Payload>): Promise<void>;
}

/** Every step of the way, by name: what trees are built of and workers run. */
export interface Pipeline {
  probe: JobDefinition;
  split: JobDefinition;
  encode: JobDefinition<EncodePayload>;
  audio: JobDefinition;
  thumbnails: JobDefinition;
  package: JobDefinition;
  finalize: JobDefinition;
}
export type StepName = keyof Pipeline;

export const defineJob = <Payload extends BasePayload>(job: JobDefinition<Payload>): JobDefinition<Payload> => job;

/** The queue's id of a task: `<video>.<run>.<step>[.<part>]`. BullMQ ignores a second job of the same id. */
export const jobId = (ref: { videoId: string; runId: string; name: string }): string =>
  `${ref.videoId}.${ref.runId}.${ref.name}`;

/** The task that a job's id names; null for an id that is not of ours. */
export function parseJobId(id: string): { videoId: string; runId: string; name: string } | null {
  const [, videoId, runId, name] = /^([^.]+)\.([^.]+)\.(.+)$/.exec(id) ?? [];
  return videoId && runId && name ? { videoId, runId, name } : null;
}
