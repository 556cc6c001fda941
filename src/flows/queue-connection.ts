import type { FlowJob, IQueueBackend, Job, JobState, Queue, Worker } from 'bullmq';
import type { QueueName } from '../jobs/queues.ts';

/** A worker on either backend. */
export type QueueWorker = Worker<unknown, unknown, string, IQueueBackend>;
export type QueueState = JobState | 'unknown';

/** BullMQ hands over the signal only to a function of exactly these three parameters. */
export type Processor = (job: Job, token: string | undefined, signal: AbortSignal | undefined) => Promise<unknown>;

export interface WorkerSettings {
  concurrency: number;
  lockMs: number;
  /** How often jobs of dead workers are looked for. */
  stalledMs: number;
  /** Delay before the next try, ms. `attempt` counts from 1. */
  retryDelayMs(attempt: number, jobName: string): number;
}

/** A job of a queue, by its id. */
export interface JobRef {
  queue: QueueName;
  id: string;
}

/**
 * The queue, on Redis or on Postgres. Everything waits with a time-out of its own and rejects with SERVICE_UNAVAILABLE:
 * nothing hangs on a queue that is away.
 */
export interface QueueConnection {
  readonly backend: 'redis' | 'postgres';
  /** For the board, and for what this face lacks. Never drain, obliterate, or remove a single child. */
  queue(name: QueueName): Queue;
  /** Adds one tree (or one job with a parent) at once, or nothing of it. Ids that exist are silently left alone. */
  add(tree: FlowJob): Promise<void>;
  /** How the options of a job name a parent that stands in a queue already. */
  parent(ref: JobRef): { id: string; queue: string };
  /** `unknown` where there is no such job. */
  state(ref: JobRef): Promise<QueueState>;
  /** Ids of jobs in these states, at most `most` for each. */
  idsIn(queue: QueueName, states: ('failed' | 'completed' | 'waiting-children')[], most: number): Promise<string[]>;
  /** Puts a job that failed back to work, with all its attempts. False where it is not in the failed set any more. */
  retryFailed(ref: JobRef): Promise<boolean>;
  /**
   * Gives a job another priority, made of the one that it was added with: at once where it waits for a worker, else for when it will. False where
   * there is no such job.
   */
  changePriority(ref: JobRef, change: (added: number) => number): Promise<boolean>;
  /** Ids of a parent's children that have not completed. */
  pendingChildren(ref: JobRef): Promise<string[]>;
  /** Removes a job with everything under it, if it is there; false where one of them is locked by a worker (nothing is removed then). */
  removeTree(ref: JobRef): Promise<boolean>;
  /** A worker that is ready and not running yet: call `run`. */
  createWorker(name: QueueName, processor: Processor, settings: WorkerSettings): Promise<QueueWorker>;
  /** Resolves where the queue answers now. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
