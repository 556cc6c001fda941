import type { Database, VideoRow } from '../database/database.ts';
import { type Pipeline, parseJobId } from '../jobs/define-job.ts';
import type { Logger } from '../log.ts';
import type { QueueConnection } from './queue-connection.ts';

const mostTrees = 200;
/** How long the tree of a failed video stays for whoever looks at it, ms. */
const keepFailedMs = 7 * 24 * 3_600_000;

interface Options {
  database: Pick<Database, 'videos'>;
  queues: QueueConnection;
  jobs: Pipeline;
  log: Logger;
}

/**
 * Removes trees that nobody will work off: of superseded runs, of videos that are gone or final. Only whole trees, from the
 * root: a removed child would release its parent with nothing. A tree with a running job is left for the next time.
 */
export async function sweep({ database, queues, jobs, log }: Options, now: Date): Promise<void> {
  const queue = jobs.finalize.queue({ videoId: '', runId: '' });
  for (const id of await queues.idsIn(queue, ['waiting-children', 'failed'], mostTrees)) {
    const root = parseJobId(id);
    if (root?.name !== 'finalize') continue;
    const video = await database.videos.find(root.videoId);
    if (!isClosed(video, root.runId, now)) continue;
    if (await queues.removeTree({ queue, id })) log.info({ ...root }, 'closed tree removed from the queue');
  }
}

/** True where no job of the run has anything left to do. */
export function isClosed(
  video: Pick<VideoRow, 'status' | 'runId' | 'completedAt'> | null,
  runId: string,
  now: Date,
): boolean {
  if (!video || video.runId !== runId) return true;
  switch (video.status) {
    case 'ready':
    case 'removed':
    case 'cancelled':
    case 'expired':
      return true;
    case 'failed':
      return video.completedAt !== null && now.getTime() - video.completedAt.getTime() > keepFailedMs;
    case 'awaiting_upload':
    case 'uploaded':
    case 'probing':
    case 'transcoding':
    case 'packaging':
    case 'moderating':
      return false;
  }
}
