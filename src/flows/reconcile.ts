import type { Database, OpenRun } from '../database/database.ts';
import { jobId, type Pipeline, parseJobId } from '../jobs/define-job.ts';
import { queueNames } from '../jobs/queues.ts';
import type { Logger } from '../log.ts';
import { judgeRun, type RunInQueue, type Verdict } from './judge-run.ts';
import type { QueueConnection, QueueState } from './queue-connection.ts';
import { parentSteps } from './skeleton.ts';
import { queuesOf, type TaskName } from './task-queues.ts';

/** Far more dead letters than an installation should ever have. */
const mostFailed = 10_000;

interface Options {
  database: Pick<Database, 'runs'>;
  queues: QueueConnection;
  jobs: Pipeline;
  log: Logger;
}

/**
 * Gives a function that makes one pass: every open run is compared with the queue, what was lost is rebuilt under a new
 * run id (through the outbox), and jobs that failed without a reason of ours are put back to work. Rejects, and does
 * nothing, where the queue or the database does not answer.
 */
export function createReconciler({ database, queues, jobs, log }: Options): () => Promise<void> {
  let suspected = new Map<string, Set<string>>();

  const carryOut = async (run: OpenRun, { rebuild, retry }: Verdict) => {
    const { videoId, runId } = run;
    if (rebuild !== null) {
      const newRun = await database.runs.rebuild(runId, rebuild);
      log.warn({ videoId, runId, newRun, reason: rebuild }, 'run rebuilt');
    }
    for (const name of retry) {
      const back = await retryTask(queues, jobs, { videoId, runId, name });
      log.warn({ videoId, runId, job: name, back }, 'failed job put back to work');
    }
  };

  return async () => {
    const open = (await database.runs.open()).filter((run) => !run.waitsInOutbox);
    const failed = await failedTasks(queues);
    const suspects = new Map<string, Set<string>>();

    for (const run of open) {
      try {
        const inQueue = await lookUp(queues, jobs, run, failed.get(run.runId) ?? []);
        const verdict = judgeRun(run, inQueue, suspected.get(run.runId) ?? new Set());
        if (verdict.suspects.length > 0) suspects.set(run.runId, new Set(verdict.suspects));
        await carryOut(run, verdict);
      } catch (error) {
        // One run that cannot be judged keeps nobody else waiting.
        log.error({ err: error, videoId: run.videoId, runId: run.runId }, 'run not reconciled');
      }
    }
    suspected = suspects;
  };
}

/** Names of the tasks in the failed sets, by run. */
async function failedTasks(queues: QueueConnection): Promise<Map<string, string[]>> {
  const byRun = new Map<string, string[]>();
  for (const queue of queueNames) {
    for (const id of await queues.idsIn(queue, ['failed'], mostFailed)) {
      const task = parseJobId(id);
      if (task) byRun.set(task.runId, [...(byRun.get(task.runId) ?? []), task.name]);
    }
  }
  return byRun;
}

async function lookUp(queues: QueueConnection, jobs: Pipeline, run: OpenRun, failed: string[]): Promise<RunInQueue> {
  const states = new Map<string, QueueState>();
  const lookUpTask = async ({ name }: { name: string }) => {
    states.set(name, await stateOf(queues, jobs, { ...run, name }));
  };
  await Promise.all(run.openTasks.map(lookUpTask));
  const liveChildren = new Map<string, number>();
  for (const name of parentSteps) {
    // While a task below it is open, its own row tells how it is.
    if (states.get(name) !== 'waiting-children' || run.openTasks.some((task) => !parentSteps.includes(task.name)))
      continue;
    liveChildren.set(name, await countLiveChildren(queues, jobs, { ...run, name }));
  }
  return { states, failed, liveChildren };
}

async function stateOf(queues: QueueConnection, jobs: Pipeline, task: TaskName): Promise<QueueState> {
  for (const queue of queuesOf(jobs, task)) {
    const state = await queues.state({ queue, id: jobId(task) });
    if (state !== 'unknown') return state;
  }
  return 'unknown';
}

async function countLiveChildren(queues: QueueConnection, jobs: Pipeline, parent: TaskName): Promise<number> {
  let live = 0;
  for (const queue of queuesOf(jobs, parent)) {
    for (const id of await queues.pendingChildren({ queue, id: jobId(parent) })) {
      const child = parseJobId(id);
      const state = child ? await stateOf(queues, jobs, child) : 'unknown';
      if (state !== 'unknown' && state !== 'completed' && state !== 'failed') live += 1;
    }
  }
  return live;
}

async function retryTask(queues: QueueConnection, jobs: Pipeline, task: TaskName): Promise<boolean> {
  for (const queue of queuesOf(jobs, task)) {
    if (await queues.retryFailed({ queue, id: jobId(task) })) return true;
  }
  return false;
}
