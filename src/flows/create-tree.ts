import { jobId, type Pipeline, parseJobId } from '../jobs/define-job.ts';
import type { Tree } from '../jobs/services.ts';
import { type Branch, fanOut } from './fan-out.ts';
import { prioritiseTasks } from './prioritise.ts';
import type { JobRef, QueueConnection } from './queue-connection.ts';
import type { Ordering } from './skeleton.ts';
import { expectAll, refOf } from './submit.ts';

/** Far below BullMQ's 2,000 jobs a transaction, and few enough to leave connections for locks. */
const batchSize = 100;

interface Options {
  queues: QueueConnection;
  jobs: Pipeline;
  /** Names of the run's tasks that are not committed. */
  missing(runId: string): Promise<string[]>;
  ordering(runId: string): Promise<Ordering>;
}

/** The queue as `split` sees it: adds the planned jobs under parents that stand there already. */
export function createTree({ queues, jobs, missing, ordering }: Options): Tree {
  return {
    async fanOut(run, plan) {
      const uncommitted = new Set(await missing(run.runId));
      const asPlanned = await ordering(run.runId);
      const branches = fanOut(jobs, run, plan, { uncommitted, ordering: asPlanned });
      const parents = {
        package: queues.parent(parentRef(jobs, run, 'package')),
        finalize: queues.parent(parentRef(jobs, run, 'finalize')),
      };
      for (let at = 0; at < branches.length; at += batchSize) {
        await addBranches(queues, branches.slice(at, at + batchSize), parents);
      }
      // Whoever changed it meanwhile did not find all of these jobs.
      const { priority } = await ordering(run.runId);
      if (priority === asPlanned.priority) return;
      const added = branches.flatMap(({ node }) => parseJobId(node.opts.jobId)?.name ?? []);
      await prioritiseTasks({ queues, jobs }, { ...run, priority }, added);
    },
  };
}

/**
 * Jobs that exist are skipped, so that a planner that died half-way may simply run again. They come into the queue in no order
 * (on Postgres each by a connection of its own): priorities decide among those that stand there when a worker asks.
 */
async function addBranches(
  queues: QueueConnection,
  branches: Branch[],
  parents: Record<Branch['parent'], { id: string; queue: string }>,
): Promise<void> {
  const states = await Promise.all(branches.map(({ node }) => queues.state(refOf(node))));
  const absent = branches.filter((_, index) => states[index] === 'unknown');
  // One by one, never FlowProducer.addBulk: it swallows errors.
  await Promise.all(
    absent.map(({ parent, node }) => queues.add({ ...node, opts: { ...node.opts, parent: parents[parent] } })),
  );
  await expectAll(
    queues,
    absent.map(({ node }) => refOf(node)),
  );
}

function parentRef(jobs: Pipeline, run: { videoId: string; runId: string }, step: Branch['parent']): JobRef {
  const job = jobs[step];
  return { queue: job.queue(run), id: jobId({ ...run, name: job.taskName(run) }) };
}
