import { type QueueName, queueNames } from '../../jobs/queues.ts';

/** An action on one job: allowed while it is in this state. */
export interface BoardAction {
  act: true;
  queue: QueueName;
  jobId: string;
  /** `failed`: it is to be retried; `delayed`: promoted. */
  state: 'failed' | 'delayed';
}

/** What a request to the board may be: a look or an action; null: refused. */
export type BoardRequest = { act: false } | BoardAction;

/** A job's id of ours: `<video>.<run>.<step>[.<part>]`. Its dots keep the board's own words (`retry`, `clean`) apart. */
const oneJob =
  /^\/api\/queues\/(?<queue>[a-z0-9-]+)\/(?<jobId>[a-z0-9_]+(?:\.[a-z0-9_-]+){2,})\/(?<action>retry|promote)$/;

/**
 * What may pass to Bull Board: every look, retry of one failed job, promote of one delayed job. The board's other buttons
 * can end a video without a word (queue-rules 5), or let a parent start without its children; it would also retry what has
 * completed. Pure.
 */
export function boardRequest(method: string, path: string): BoardRequest | null {
  if (method === 'GET' || method === 'HEAD') return { act: false };
  const { queue, jobId, action } = (method === 'PUT' && oneJob.exec(path)?.groups) || {};
  const known = queueNames.find((name) => name === queue);
  if (!known || !jobId) return null;
  return { act: true, queue: known, jobId, state: action === 'retry' ? 'failed' : 'delayed' };
}
