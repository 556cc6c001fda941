import { DelayedError, type Job, UnrecoverableError, WaitingError } from 'bullmq';
import type { Database } from '../database/database.ts';
import { retryDelay } from '../flows/flow-node.ts';
import type { DeliverableJob, OpenedJob } from '../jobs/deliver-job.ts';
import type { Logger } from '../log.ts';
import type { Outcome } from './judge-end.ts';
import { readOutage } from './outage.ts';

/** A delivery that did not succeed, and what is to become of it. */
interface Ended {
  job: Job;
  token: string;
  definition: DeliverableJob;
  task: OpenedJob;
  outcome: Outcome;
}

/** Writes what the rows must say of an unsuccessful delivery, then rejects with what the queue must do. */
export async function conclude(
  { database, log }: { database: Pick<Database, 'tasks'>; log: Logger },
  ended: Ended,
): Promise<never> {
  const { job, token, task, outcome } = ended;
  const ref = { runId: task.runId, name: task.name };
  if ('error' in outcome && outcome.kind !== 'wait') await forgetOutage(job);
  switch (outcome.kind) {
    case 'hand-back':
      // While we hold the lock nobody can take the task: so the row first. Without it a death is counted, and that is all.
      await database.tasks.released(ref).catch((error: unknown) => log.warn({ err: error }, 'task not released'));
      return handBack(job, token);
    case 'let-go':
      return handBack(job, token);
    case 'wait':
      // Postgres itself may be away: a row that says nothing of it costs what it costs at a hand-back.
      await database.tasks
        .waiting(ref, outcome.error, new Date(outcome.outage.awaySinceMs))
        .catch((error: unknown) => log.warn({ err: error }, 'task not noted as waiting'));
      return delay(ended, outcome);
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
      // The board shows it, and only operators read that.
      throw new UnrecoverableError(`${outcome.error.message}\n${outcome.error.advice}`);
  }
}

/** Puts the job back in its queue with no attempt used. Where the lock is gone, it is somebody else's already. */
export async function handBack(job: Job, token: string): Promise<never> {
  await job.moveToWait(token).catch(() => {});
  throw new WaitingError();
}

/**
 * Has the queue bring the job again after a pause, with no attempt used: the worker is free meanwhile, and nobody has to hand anything back. Where
 * the queue does not take it, the lock runs out, and the job is another worker's.
 */
async function delay(
  { job, token, definition }: Ended,
  { error, outage }: Extract<Outcome, { kind: 'wait' }>,
): Promise<never> {
  const pauseMs = retryDelay(definition.backoff, outage.waits, Math.random());
  const since = new Date(outage.awaySinceMs).toISOString();
  try {
    await job.updateProgress({ ...outage });
    // For whoever looks at the board: a delayed job has no reason of its failure.
    const fix = error.operatorFix ? `\n${error.operatorFix}` : '';
    await job.log(`Waits ${(pauseMs / 1_000).toFixed(1)} s, away since ${since}: ${error.message}${fix}`);
    await job.moveToDelayed(Date.now() + pauseMs, token);
  } catch {}
  throw new DelayedError();
}

/** The next outage is another one: also for the job that somebody retries after it has failed. */
async function forgetOutage(job: Job): Promise<void> {
  if (readOutage(job.progress)) await job.updateProgress(0).catch(() => {});
}
