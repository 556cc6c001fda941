import { type Job, UnrecoverableError, WaitingChildrenError } from 'bullmq';
import type { Database } from '../database/database.ts';
import { CatalogueError } from '../errors/catalogue-error.ts';
import { parentSteps } from '../flows/skeleton.ts';
import { parseJobId } from '../jobs/define-job.ts';
import type { DeliverableJob, OpenedJob } from '../jobs/deliver-job.ts';
import type { Logger } from '../log.ts';
import { conclude, handBack } from './conclude.ts';
import { judgeEnd } from './judge-end.ts';
import type { LockWatch } from './lock-watch.ts';
import { readOutage } from './outage.ts';
import { type HandlerOptions, runHandler } from './run-handler.ts';

export interface DeliveryOptions extends HandlerOptions {
  jobs: ReadonlyMap<string, DeliverableJob>;
  database: Pick<Database, 'runs' | 'tasks'>;
  /** True from the moment that this process was told to stop. */
  stopping(): boolean;
  /** How long a service may be away before jobs that need it fail, ms. */
  outageMs: number;
  log: Logger;
}

interface Delivery {
  job: Job;
  token: string;
  /** Of the queue: aborted by `cancelAllJobs` when this process stops. */
  stop: AbortSignal;
  locks: LockWatch;
}

/**
 * Runs one delivery of a job, whole: checks its payload and its run, waits for children and for memory, gives the handler a
 * folder and a signal, and says in one place what becomes of an error. Resolves when the job is done; rejects with what the queue must know.
 */
export async function deliver(options: DeliveryOptions, delivery: Delivery): Promise<void> {
  const { job, token } = delivery;
  const { definition, task } = await openJob(options, job);
  const attempt = job.attemptsMade + 1;
  const log = options.log.child({ videoId: task.videoId, runId: task.runId, job: task.name, attempt });

  if (options.stopping()) return handBack(job, token);
  const startedAt = performance.now();
  const { thrown, ending } = await begin(options, { ...delivery, definition, task, log });
  const ms = Math.round(performance.now() - startedAt);
  if (!thrown) {
    log.info({ ms }, 'job done');
    return;
  }
  const tries = { attemptsMade: job.attemptsMade, attempts: definition.attempts };
  const patience = { before: readOutage(job.progress), nowMs: Date.now(), longestMs: options.outageMs };
  const outcome = judgeEnd(thrown.error, ending, tries, patience);
  if ('error' in outcome) log.warn({ ms, outcome: outcome.kind, err: outcome.error }, 'job ended');
  else log.info({ ms, outcome: outcome.kind }, 'job ended');
  await conclude(options, { job, token, definition, task, outcome });
}

/** Runs the handler where the run is open still and no child is to be waited for. */
async function begin(
  options: DeliveryOptions,
  handled: Delivery & { definition: DeliverableJob; task: OpenedJob; log: Logger },
): ReturnType<typeof runHandler> {
  const { job, token, task } = handled;
  try {
    if (!(await options.database.runs.isCurrent(task.runId))) {
      throw new CatalogueError('RUN_SUPERSEDED', 'the run is not the open run of its video any more');
    }
  } catch (error) {
    return { thrown: { error }, ending: null };
  }
  // A parent may be released early (by a sibling that was not added yet): it goes back and waits.
  if (parentSteps.includes(job.name) && (await job.moveToWaitingChildren(token))) throw new WaitingChildrenError();
  return runHandler(options, handled);
}

/** A job that nobody can read fails for good, and its task with it: else it would be put back to work for ever. */
async function openJob(
  { jobs, database }: DeliveryOptions,
  job: Job,
): Promise<{ definition: DeliverableJob; task: OpenedJob }> {
  const definition = jobs.get(job.name);
  try {
    if (!definition) throw new Error('there is no job of this name');
    return { definition, task: definition.open(job.data) };
  } catch (error) {
    const detail = `The job ${job.name} cannot be read: is this worker of another version?`;
    const ref = parseJobId(job.id ?? '');
    if (ref) await database.tasks.failed(ref, { code: 'INTERNAL', detail });
    throw new UnrecoverableError(`${detail} ${String(error)}`);
  }
}
