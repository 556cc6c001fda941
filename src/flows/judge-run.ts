import type { OpenRun } from '../database/database.ts';
import type { QueueState } from './queue-connection.ts';
import { parentSteps } from './skeleton.ts';

/** What the queue knows of an open run. */
export interface RunInQueue {
  /** State of the job of each open task, by the task's name. */
  states: ReadonlyMap<string, QueueState>;
  /** Tasks of this run, open or committed, whose job is in the failed set. */
  failed: readonly string[];
  /** For each parent that waits for children: how many of them are in the queue and alive. */
  liveChildren: ReadonlyMap<string, number>;
}

export interface Verdict {
  /** Make a new run, at once. */
  rebuild: string | null;
  /** Put these tasks' failed jobs back to work. */
  retry: string[];
  /** Not right, and perhaps only a moment between a row and its job: judge again in the next pass. */
  suspects: string[];
}

/**
 * Compares a run's rows with its jobs. A row and its job are written one after the other, so what may be such a moment
 * counts only when it is seen in two passes running; `suspected` holds the suspects of the pass before.
 */
export function judgeRun(run: OpenRun, queue: RunInQueue, suspected: ReadonlySet<string>): Verdict {
  const fine: Verdict = { rebuild: null, retry: [], suspects: [] };
  if (run.waitsInOutbox) return fine;
  // The skeleton is added whole, and its root ends last.
  if (queue.states.get('finalize') === 'unknown') return { ...fine, rebuild: 'its jobs are not in the queue' };

  const planned = !run.openTasks.some(({ name }) => name === 'split');
  const gone = run.openTasks.map(({ name }) => name).filter((name) => queue.states.get(name) === 'unknown');
  // The split that was to add them has ended: nobody else will.
  const [lost] = gone;
  if (planned && lost !== undefined) return { ...fine, rebuild: `the job of ${lost} is not in the queue` };

  const suspects = [
    ...gone.map((name) => `gone ${name}`),
    ...run.openTasks.filter(({ name }) => queue.states.get(name) === 'completed').map(({ name }) => `done ${name}`),
    ...parentSteps.filter((name) => isStuck(name, queue)).map((name) => `stuck ${name}`),
  ];
  const certain = suspects.find((suspect) => suspected.has(suspect));
  if (certain !== undefined) return { ...fine, rebuild: `queue and rows differ: ${certain}` };

  const failures = queue.failed.map((name) => `failed ${name}`);
  return {
    rebuild: null,
    retry: queue.failed.filter((name) => suspected.has(`failed ${name}`)),
    suspects: [...suspects, ...failures],
  };
}

/** Waits for children of which none is alive, failed or open: one was lost after its task was committed. */
function isStuck(step: string, queue: RunInQueue): boolean {
  return (
    queue.states.get(step) === 'waiting-children' && queue.liveChildren.get(step) === 0 && queue.failed.length === 0
  );
}
