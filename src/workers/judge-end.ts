import type { ErrorCode } from '../errors/catalogue.ts';
import { type CatalogueError, toCatalogueError } from '../errors/catalogue-error.ts';
import { goesOn, type Outage, type Patience } from './outage.ts';

/**
 * Why this process ended a job that was still running, or that it had not begun yet (for want of memory, or told to stop). `cancelled`: nobody
 * wants its run any more.
 */
export type Ending = 'cancelled' | 'preempted' | 'not-begun' | 'lock-lost' | 'timed-out';

/** What is to become of a delivery that did not succeed. */
export type Outcome =
  /** Given back untouched: no attempt is used. */
  | { kind: 'hand-back' }
  /** Somebody else has the job, or will have it: no attempt is used, and nothing is written. */
  | { kind: 'let-go' }
  /** As it was asked for: the job ends and is removed with its tree, no row is touched. */
  | { kind: 'cancelled' }
  /** The run is none any more: the job ends, the video is not touched. */
  | { kind: 'superseded'; error: CatalogueError }
  /** Another delivery has taken the task: the queue may try again, rows stay. */
  | { kind: 'overtaken'; error: CatalogueError }
  | { kind: 'retry'; error: CatalogueError }
  /** A service is away, or refuses our settings: the job comes again after a pause, and no attempt is used. */
  | { kind: 'wait'; error: CatalogueError; outage: Outage }
  | { kind: 'fail'; error: CatalogueError };

/**
 * Decides from what a handler threw, and from why it was stopped, if it was. An aborted tool may throw anything, so the reason to
 * stop goes first.
 */
export function judgeEnd(
  thrown: unknown,
  ending: Ending | null,
  tries: { attemptsMade: number; attempts: number },
  patience: Patience,
): Outcome {
  if (ending === 'cancelled') return { kind: 'cancelled' };
  if (ending === 'preempted') return { kind: 'hand-back' };
  if (ending === 'lock-lost' || ending === 'not-begun') return { kind: 'let-go' };
  const error = toCatalogueError(thrown);
  if (error.code === 'RUN_SUPERSEDED') return { kind: 'superseded', error };
  if (error.code === 'FENCE_LOST') return { kind: 'overtaken', error };
  if (notOfTheJob.includes(error.code)) {
    const outage = goesOn(patience, tries.attempts);
    return outage ? { kind: 'wait', error, outage } : { kind: 'fail', error };
  }
  if (error.permanent || tries.attemptsMade + 1 >= attemptsFor(error, tries)) return { kind: 'fail', error };
  return { kind: 'retry', error };
}

/** A service that is away, or that this installation is set up wrongly for, says nothing of the job: it waits while an operator mends that. */
const notOfTheJob: ErrorCode[] = ['SERVICE_UNAVAILABLE', 'CONFIG_INVALID'];

/**
 * A broken time bound can be the machine's fault, and is tried again. Where it broke late, once only: a source that hangs every decoder would else hold
 * a slot for three times as long, and its creator would wait for it.
 */
function attemptsFor({ facts }: CatalogueError, { attempts }: { attempts: number }): number {
  const late = typeof facts.ranSeconds === 'number' && facts.ranSeconds > lateSeconds;
  return late ? Math.min(attempts, 2) : attempts;
}

const lateSeconds = 15 * 60;
