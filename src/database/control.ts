import type { Priority } from './priorities.ts';
import type { RetryStep } from './retry-step.ts';

/** What has been ended: `upload` where its bytes were awaited, `run` where it was worked on, `nothing` where it was over already. */
export type EndedWork = 'upload' | 'run' | 'nothing';

/** What users and operators do to videos that are there; and what relay and workers must know of it. */
export interface Control {
  /** See `retryVideo`: `step` is where it goes on. `newRunId`: of the run that this makes. */
  retry(videoId: string, step: RetryStep | undefined, newRunId?: string): Promise<{ runId: string; step: RetryStep }>;
  /** See `cancelVideo`. Where an upload was ended, the relay makes storage forget it. */
  cancel(videoId: string): Promise<EndedWork>;
  /** See `removeVideo`. */
  remove(videoId: string): Promise<EndedWork>;
  /** See `prioritiseVideo`. */
  prioritise(videoId: string, priority: Priority): Promise<void>;
  /** See `expireUploads`. */
  expireUploads(createdBefore: Date, most: number): Promise<string[]>;
  /** Those of these runs that were cancelled, or are gone. */
  cancelled(runIds: readonly string[]): Promise<string[]>;
}
