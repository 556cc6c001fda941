import { type BasePayload, type JobDefinition, jobId } from '../jobs/define-job.ts';
import type { QueueName } from '../jobs/queues.ts';

/** Longer than the longest run: a completed child that was removed would look like a lost one. Seconds. */
const keepCompletedSeconds = 3 * 24 * 3_600;

export interface NodeOptions {
  jobId: string;
  attempts: number;
  backoff: { type: typeof backoffType; delay: number };
  priority: number;
  removeOnFail: false;
  removeOnComplete: { age: number };
  /** Of a job that is added alone under a parent that stands in the queue already. */
  parent?: { id: string; queue: string };
}

export interface FlowNode {
  name: string;
  queueName: QueueName;
  data: BasePayload;
  opts: NodeOptions;
  children?: FlowNode[];
}

/** Our workers' strategy: exponential, capped at the definition's longest, with jitter. BullMQ's own has no cap. */
export const backoffType = 'capped';

/**
 * One job of a tree, with everything that BullMQ inherits from nowhere: id, attempts, backoff, priority, retention.
 * Throws where the payload does not fit the job. There is no failure option: a parent waits for a failed child until it
 * is tried again, and `removeOnFail` other than false would release it with outputs missing.
 */
export function flowNode<Payload extends BasePayload>(
  job: JobDefinition<Payload>,
  given: Payload,
  options: { priority: number; children?: FlowNode[] },
): FlowNode {
  const payload = job.payload.parse(given);
  if (options.priority < 1)
    throw new RangeError(`priority ${options.priority} of ${job.name}: 0 would beat all others`);
  const { videoId, runId } = payload;
  return {
    name: job.name,
    queueName: job.queue(payload),
    data: payload,
    opts: {
      jobId: jobId({ videoId, runId, name: job.taskName(payload) }),
      attempts: job.attempts,
      backoff: { type: backoffType, delay: job.backoff.initialMs },
      priority: options.priority,
      removeOnFail: false,
      removeOnComplete: { age: keepCompletedSeconds },
    },
    ...(options.children ? { children: options.children } : {}),
  };
}

/**
 * How long a job waits before its next try, ms: doubles from `initialMs`, is never longer than `longestMs`, and up to a
 * half of it is chance (`random`, 0 to 1), so that what failed together does not come back together.
 * `attempt` counts from 1.
 */
export function retryDelay(backoff: JobDefinition['backoff'], attempt: number, random: number): number {
  const full = Math.min(backoff.longestMs, backoff.initialMs * 2 ** (attempt - 1));
  return Math.round(full * (1 - random / 2));
}
