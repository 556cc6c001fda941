import type { Priority } from '../database/database.ts';
import { type BasePayload, jobId, type Pipeline } from '../jobs/define-job.ts';
import { inTier } from './priority.ts';
import type { QueueConnection } from './queue-connection.ts';
import { queuesOf } from './task-queues.ts';

/** As many at once as leave connections for locks. */
const batchSize = 100;

interface Options {
  queues: Pick<QueueConnection, 'changePriority'>;
  jobs: Pipeline;
}

/**
 * Gives the jobs of some tasks of a run the priority of a tier, each at the place in its creator's backlog that it has. Those that are not in the
 * queue yet take it from the row when they come.
 */
export async function prioritiseTasks(
  { queues, jobs }: Options,
  run: BasePayload & { priority: Priority },
  names: readonly string[],
): Promise<void> {
  const { videoId, runId, priority } = run;
  const prioritise = async (name: string) => {
    const task = { videoId, runId, name };
    for (const queue of queuesOf(jobs, task)) {
      if (await queues.changePriority({ queue, id: jobId(task) }, (added) => inTier(added, priority))) return;
    }
  };
  for (let at = 0; at < names.length; at += batchSize) {
    await Promise.all(names.slice(at, at + batchSize).map(prioritise));
  }
}
