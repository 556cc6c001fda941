import type { Database, OutboxEntry } from '../../database/database.ts';
import { CatalogueError } from '../../errors/catalogue-error.ts';
import { jobId, type Pipeline } from '../../jobs/define-job.ts';
import type { Logger } from '../../log.ts';
import type { Storage } from '../../storage/storage.ts';
import { prioritiseTasks } from '../prioritise.ts';
import type { QueueConnection } from '../queue-connection.ts';
import { submitRun } from '../submit.ts';

export interface DeliveryOptions {
  database: Pick<Database, 'runs' | 'videos'>;
  queues: QueueConnection;
  storage: Pick<Storage, 'head' | 'abortMultipartUpload' | 'remove'>;
  jobs: Pipeline;
  log: Logger;
}

/** Does what an outbox entry says; doing it again changes nothing. What it rejects with is kept on the entry, which is delivered again later. */
export async function deliverEntry(options: DeliveryOptions, entry: OutboxEntry): Promise<void> {
  const { topic, videoId, payload } = entry;
  const run = { videoId, runId: payload.runId };
  switch (topic) {
    case 'run.submit':
      return submit(options, run);
    case 'run.cancel':
      return removeJobs(options, run);
    case 'run.prioritise':
      return prioritise(options, run);
    case 'upload.abort':
      return abortUpload(options, videoId);
    case 'video.ready':
    case 'video.failed':
      return; // nobody subscribes yet
  }
}

type Run = Pick<OutboxEntry, 'videoId'> & OutboxEntry['payload'];

async function submit(options: DeliveryOptions, run: Run): Promise<void> {
  const { database, queues, jobs, log } = options;
  if (!(await database.runs.isCurrent(run.runId))) return;
  const { priority, backlog } = await database.runs.ordering(run.runId);
  await submitRun(queues, jobs, run, { priority, backlog });
  await database.runs.submitted(run.runId);
  log.info({ ...run }, 'run submitted');
  // Another relay may have told a queue of it in which its jobs were not yet.
  if ((await database.videos.find(run.videoId))?.priority !== priority) await prioritise(options, run);
}

/** The whole tree, from its root: a removed child would release its parent with nothing. */
async function removeJobs({ database, queues, jobs, log }: DeliveryOptions, run: Run): Promise<void> {
  if (await database.runs.isCurrent(run.runId)) return;
  const root = { queue: jobs.finalize.queue(run), id: jobId({ ...run, name: jobs.finalize.taskName(run) }) };
  if ((await queues.state(root)) === 'unknown') return;
  if (!(await queues.removeTree(root))) {
    throw new CatalogueError('SERVICE_UNAVAILABLE', 'a worker has not let go of a job of this run yet');
  }
  log.info({ ...run }, 'jobs of a cancelled run removed from the queue');
}

async function prioritise({ database, queues, jobs, log }: DeliveryOptions, run: Run): Promise<void> {
  const video = await database.videos.find(run.videoId);
  if (!video || video.runId !== run.runId || !(await database.runs.isCurrent(run.runId))) return;
  const open = (await database.videos.tasks(run.runId)).filter(({ status }) => status !== 'completed');
  await prioritiseTasks(
    { queues, jobs },
    { ...run, priority: video.priority },
    open.map(({ name }) => name),
  );
  log.info({ ...run, priority: video.priority }, 'jobs of a run prioritised');
}

/** An upload that nobody can complete any more. What was joined before its row was closed is nobody's: only an accepted original stays. */
async function abortUpload({ database, storage, log }: DeliveryOptions, videoId: string): Promise<void> {
  const video = await database.videos.find(videoId);
  if (!video || video.uploadedAt || video.errorCode || video.status === 'awaiting_upload') return;
  if (video.uploadId) await storage.abortMultipartUpload(video.originalKey, video.uploadId);
  if (await storage.head(video.originalKey)) await storage.remove(video.originalKey);
  log.info({ videoId, status: video.status }, 'upload aborted');
}
