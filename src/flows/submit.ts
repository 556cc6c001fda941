import { CatalogueError } from '../errors/catalogue-error.ts';
import type { BasePayload, Pipeline } from '../jobs/define-job.ts';
import type { FlowNode } from './flow-node.ts';
import type { JobRef, QueueConnection } from './queue-connection.ts';
import { type Ordering, skeleton } from './skeleton.ts';

/** Puts a run's skeleton into the queue, whole or not at all; a run that is there already is left alone. */
export async function submitRun(
  queues: QueueConnection,
  jobs: Pipeline,
  run: BasePayload,
  ordering: Ordering,
): Promise<void> {
  const tree = skeleton(jobs, run, ordering);
  // Adding a tree again whose jobs are running can deadlock on the Postgres backend.
  if ((await queues.state(refOf(tree))) === 'unknown') await queues.add(tree);
  await expectAll(queues, allOf(tree).map(refOf));
}

export const refOf = (node: FlowNode): JobRef => ({ queue: node.queueName, id: node.opts.jobId });

/** The queue reports only errors of a tree's root: so look. */
export async function expectAll(queues: QueueConnection, refs: JobRef[]): Promise<void> {
  const states = await Promise.all(refs.map((ref) => queues.state(ref)));
  const lost = refs.filter((_, index) => states[index] === 'unknown');
  if (lost.length > 0) {
    throw new CatalogueError('SERVICE_UNAVAILABLE', `the queue did not take ${lost.length} of ${refs.length} jobs`, {
      facts: { lost: lost.slice(0, 5).map(({ id }) => id) },
    });
  }
}

const allOf = (node: FlowNode): FlowNode[] => [node, ...(node.children ?? []).flatMap(allOf)];
