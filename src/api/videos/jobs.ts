import { Router } from 'express';
import type { VideoRow } from '../../database/database.ts';
import type { QueuedTask } from '../../database/library.ts';
import { CatalogueError, userError } from '../../errors/catalogue-error.ts';
import { within } from '../../flows/time-out.ts';
import { timeOf } from '../../ids.ts';
import { jobId, parseJobId } from '../../jobs/define-job.ts';
import { queueNames } from '../../jobs/queues.ts';
import { callerOf, isOperator } from '../access/auth.ts';
import { ownVideo } from '../access/own-video.ts';
import type { BoardQueues } from '../service/board.ts';
import type { ApiServices } from '../services.ts';
import type { JobBody } from './task-answers.ts';

/** How long an answer waits for what the queue says, ms. */
const queueTimeoutMs = 2_000;

/** `GET /{id}`: the state of any queued work. The row decides; what the queue says is shown beside it, where it answers in time. */
export function jobRoutes({ database, queues }: Pick<ApiServices, 'database' | 'queues'>): Router {
  return Router().get('/:id', async (request, response) => {
    const ref = /^[\w.-]{1,300}$/.test(request.params.id) ? parseJobId(request.params.id) : null;
    if (!ref) throw noSuchJob();
    const caller = callerOf(response);
    const video = await ownVideo(database, response, ref.videoId);
    const [task, queueState] = await Promise.all([database.library.task(ref), queueStateOf(queues, jobId(ref))]);
    if (!task) throw noSuchJob();
    response.json(jobBody(task, { video, runId: ref.runId, queueState, operator: isOperator(caller) }));
  });
}

const noSuchJob = () => new CatalogueError('NOT_FOUND', 'There is no such job.');

/** `unknown` where no queue knows the job; null where they do not say in time. A job is in one queue: the fleet that decides which is in the plan. */
async function queueStateOf(queues: Pick<BoardQueues, 'state'>, id: string): Promise<JobBody['queue_state']> {
  try {
    const asked = Promise.all(queueNames.map((queue) => queues.state({ queue, id })));
    const states = await within(queueTimeoutMs, 'the state of a job', asked);
    return states.find((state) => state !== 'unknown') ?? 'unknown';
  } catch {
    return null;
  }
}

/** A task as a piece of queued work. Pure. */
export function jobBody(
  task: QueuedTask,
  {
    video,
    runId,
    queueState,
    operator,
  }: { video: Pick<VideoRow, 'id' | 'runId'>; runId: string; queueState: JobBody['queue_state']; operator: boolean },
): JobBody {
  const status = jobStatus(task);
  const error = task.errorCode
    ? { code: task.errorCode, detail: task.errorDetail ?? '' }
    : status === 'failed'
      ? task.runError
      : null;
  const replaced = status === 'superseded' && video.runId !== null && video.runId !== runId;
  return {
    job_id: jobId({ videoId: video.id, runId, name: task.name }),
    video_id: video.id,
    run_id: runId,
    task: task.name,
    type: task.type,
    status,
    replaced_by: replaced ? jobId({ videoId: video.id, runId: video.runId ?? '', name: task.name }) : null,
    queue_state: queueState,
    attempts: task.attempts,
    progress: task.progress,
    error: error && userError(error.code, error.detail, { operator }),
    created_at: timeOf(task.id).toISOString(),
    started_at: task.startedAt?.toISOString() ?? null,
    completed_at: task.completedAt?.toISOString() ?? null,
  };
}

/** A task that its run does not come to any more is over as well: whoever polls it must not wait for ever. Pure. */
export function jobStatus({ status, runStatus }: Pick<QueuedTask, 'status' | 'runStatus'>): JobBody['status'] {
  const isOver = status === 'completed' || status === 'failed';
  return isOver || runStatus === 'open' ? status : runStatus;
}
