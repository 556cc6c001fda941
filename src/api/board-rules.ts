/** A job's id of ours: `<video>.<run>.<step>[.<part>]`. Its dots keep the board's own words (`retry`, `clean`) apart. */
const oneJob = /^\/api\/queues\/[a-z0-9-]+\/[a-z0-9_]+(\.[a-z0-9_-]+){2,}\/(retry|promote)$/;

/**
 * Whether a request may pass to Bull Board: every look, retry of one job, promote of one job. The board's other buttons
 * can end a video without a word (queue-rules 5), or let a parent start without its children. Pure.
 * The board itself refuses to retry what has not failed or to promote what is not delayed.
 */
export function boardAllows(method: string, path: string): boolean {
  return method === 'GET' || method === 'HEAD' || (method === 'PUT' && oneJob.test(path));
}
