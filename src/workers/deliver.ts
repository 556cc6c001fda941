import { type Job, UnrecoverableError, WaitingChildrenError, WaitingError } from 'bullmq';
import type { Database } from '../database/database.ts';
import { parentSteps } from '../flows/skeleton.ts';
import { parseJobId } from '../jobs/define-job.ts';
import type { DeliverableJob, OpenedJob } from '../jobs/deliver-job.ts';
import type { Logger } from '../log.ts';
import { judgeEnd, type Outcome } from './judge-end.ts';
import type { LockWatch } from './lock-watch.ts';
import { type HandlerOptions, runHandler } from './run-handler.ts';

export interface DeliveryOptions extends HandlerOptions {
  jobs: ReadonlyMap<string, DeliverableJob>;
  database: Pick<Database, 'runs' | 'tasks'>;
  /** True from the moment that this process was told to stop. */
  stopping(): boolean;
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
  if (!(await options.database.runs.isCurrent(task.runId))) {
    throw new UnrecoverableError('RUN_SUPERSEDED: the run is not the open run of its video any more');
  }
  // A parent may be released early (by a sibling that was not added yet): it goes back and waits.
  if (parentSteps.includes(job.name) && (await job.moveToWaitingChildren(token))) throw new WaitingChildrenError();

  const startedAt = performance.now();
  const { thrown, ending } = await runHandler(options, { ...delivery, definition, task, log });
  const ms = Math.round(performance.now() - startedAt);
  if (!thrown) {
    log.info({ ms }, 'job done');
    return;
  }
  const outcome = judgeEnd(thrown.error, ending, { attemptsMade: job.attemptsMade, attempts: definition.attempts });
  if ('error' in outcome) log.warn({ ms, outcome: outcome.kind, err: outcome.error }, 'job ended');
  else log.info({ ms, outcome: outcome.kind }, 'job ended');
  await conclude(options, { job, token, task, outcome });
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

/** Writes what the rows must say of an unsuccessful delivery, then rejects with what the queue must do. */
async function conclude(
  { database, log }: DeliveryOptions,
  { job, token, task, outcome }: { job: Job; token: string; task: OpenedJob; outcome: Outcome },
): Promise<never> {
  const ref = { runId: task.runId, name: task.name };
  switch (outcome.kind) {
    case 'hand-back':
      // While we hold the lock nobody can take the task: so the row first. Without it a death is counted, and that is all.
      await database.tasks.released(ref).catch((error: unknown) => log.warn({ err: error }, 'task not released'));
      return handBack(job, token);
    case 'let-go':
      return handBack(job, token);
    case 'cancelled':
      // Its parent keeps waiting for it, until the relay removes the whole tree.
      throw new UnrecoverableError('cancelled');
    case 'superseded':
      throw new UnrecoverableError(outcome.error.message);
    case 'overtaken':
      throw new Error(outcome.error.message);
    case 'retry':
      await database.tasks.retrying(ref, outcome.error);
      throw new Error(outcome.error.message);
    case 'fail':
      await database.tasks.failed(ref, outcome.error);
      throw new UnrecoverableError(outcome.error.message);
  }
}

/** Puts the job back in its queue with no attempt used. Where the lock is gone, it is somebody else's already. */
async function handBack(job: Job, token: string): Promise<never> {
  await job.moveToWait(token).catch(() => {});
  throw new WaitingError();
}
