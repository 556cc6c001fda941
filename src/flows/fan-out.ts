import type { BasePayload, Pipeline } from '../jobs/define-job.ts';
import type { EncodePlan } from '../plan/encode-plan.ts';
import { type FlowNode, flowNode } from './flow-node.ts';
import { priorityOf } from './priority.ts';
import type { Ordering } from './skeleton.ts';

/** A job that `split` adds, and the step of the same run that waits for it. */
export interface Branch {
  parent: 'package' | 'finalize';
  node: FlowNode;
}

/**
 * The jobs that a plan adds to its run's tree: encodes and audio under package, thumbnails under finalize; only those
 * whose task is not committed. Pure: the same plan gives the same nodes and ids.
 */
export function fanOut(
  jobs: Pipeline,
  run: BasePayload,
  plan: EncodePlan,
  options: { uncommitted: ReadonlySet<string>; ordering: Ordering },
): Branch[] {
  const { uncommitted, ordering } = options;
  const { videoId, runId } = run;
  const payload = { videoId, runId };
  const encodes = plan.encodeTasks.filter((task) => uncommitted.has(task.name));
  // The backlog counts this run's own tasks, for their rows are there already.
  const front = Math.max(0, ordering.backlog - encodes.length);
  const at = (place: number) => ({ priority: priorityOf(ordering.priority, place) });

  const branches: Branch[] = encodes.map(({ name, fleet }, index) => ({
    parent: 'package',
    node: flowNode(jobs.encode, { ...payload, name, fleet }, at(front + index)),
  }));
  if (plan.audio.length > 0 && uncommitted.has('audio')) {
    branches.push({ parent: 'package', node: flowNode(jobs.audio, payload, at(front)) });
  }
  if (plan.thumbnails && uncommitted.has('thumbnails')) {
    branches.push({ parent: 'finalize', node: flowNode(jobs.thumbnails, payload, at(front)) });
  }
  return branches;
}
