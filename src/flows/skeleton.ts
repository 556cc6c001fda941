import type { Priority } from '../database/database.ts';
import type { BasePayload, Pipeline } from '../jobs/define-job.ts';
import { type FlowNode, flowNode } from './flow-node.ts';
import { priorityOf } from './priority.ts';

/** What decides the order of a run's jobs. */
export interface Ordering {
  priority: Priority;
  /** Open encode tasks of the same creator. */
  backlog: number;
}

/** Steps that have children, and so ask at the start whether all are done. */
export const parentSteps: readonly string[] = ['package', 'finalize'];

/**
 * The tree of a run as it is submitted, finalize <- package <- split <- probe: every step visible from the start. What
 * the plan adds comes later (`fanOut`), while `split` still holds its own place among package's children.
 */
export function skeleton(jobs: Pipeline, run: BasePayload, ordering: Ordering): FlowNode {
  const { videoId, runId } = run;
  const payload = { videoId, runId };
  const begin = { priority: priorityOf(ordering.priority, ordering.backlog) };
  // What ends a run goes to the front of its tier: it is light, and somebody has waited for all of the rest.
  const end = { priority: priorityOf(ordering.priority, 0) };

  const probe = flowNode(jobs.probe, payload, begin);
  const split = flowNode(jobs.split, payload, { ...begin, children: [probe] });
  const pack = flowNode(jobs.package, payload, { ...end, children: [split] });
  return flowNode(jobs.finalize, payload, { ...end, children: [pack] });
}
