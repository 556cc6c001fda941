import type { BasePayload, JobContext, JobDefinition } from './define-job.ts';
import type { JobServices } from './services.ts';

/** A definition whose payload type is hidden, so that all of them fit one table. */
export interface DeliverableJob extends Pick<JobDefinition, 'name' | 'attempts' | 'backoff' | 'timeoutMs'> {
  /** Checks a payload as the queue gives it; throws where it does not fit. */
  open(data: unknown): OpenedJob;
}

export interface OpenedJob {
  videoId: string;
  runId: string;
  /** `<step>[.<part>]` */
  name: string;
  /** Estimated peak of its tools, bytes; 0 where nobody has to ask. */
  memoryBytes(services: Pick<JobServices, 'runs'>): Promise<number>;
  run(context: Omit<JobContext<BasePayload>, 'payload'>): Promise<void>;
}

/** Makes a job ready to be run from data that is not checked yet. The handler receives the parsed payload. */
export function deliverable<Payload extends BasePayload>(job: JobDefinition<Payload>): DeliverableJob {
  const { name, attempts, backoff, timeoutMs } = job;
  return {
    name,
    attempts,
    backoff,
    timeoutMs,
    open(data) {
      const payload = job.payload.parse(data);
      const { videoId, runId } = payload;
      return {
        videoId,
        runId,
        name: job.taskName(payload),
        memoryBytes: async ({ runs }) => (await job.memoryBytes?.({ payload, runs })) ?? 0,
        run: (context) => job.run({ ...context, payload }),
      };
    },
  };
}
