import { Router } from 'express';
import type { Database, VideoRow } from '../../database/database.ts';
import type { RunRow, TaskDetail } from '../../database/library.ts';
import { CatalogueError, userError } from '../../errors/catalogue-error.ts';
import { jobId } from '../../jobs/define-job.ts';
import { callerOf, isOperator } from '../access/auth.ts';
import { ownVideo } from '../access/own-video.ts';
import { signingKey } from '../access/signing-key.ts';
import { pageCursor, readCursor } from '../http/page-cursor.ts';
import { linkNext, onePage } from '../http/paging.ts';
import { readQuery } from '../http/read-query.ts';
import type { ApiServices } from '../services.ts';
import { type RunBody, type TaskBody, taskListQuery } from './task-answers.ts';

/** `GET /{id}/tasks` and `GET /{id}/runs`: how the work on a video went. */
export function taskRoutes({ database, settings }: ApiServices): Router {
  const key = signingKey(settings.secret, 'cursor');
  return Router()
    .get('/:id/tasks', async (request, response) => {
      const { limit, cursor, run, status = null, type = null } = readQuery(taskListQuery, request.query);
      const caller = callerOf(response);
      const video = await ownVideo(database, response, request.params.id);
      const runId = await runIdOf(database, video, run);
      const list = ['tasks', runId, status, type];
      const [behind = null] = cursor === undefined ? [] : readCursor(cursor, list, key);
      const filter = { statuses: status, types: type };
      const found = runId ? await database.library.tasks(runId, filter, { behind, most: limit + 1 }) : [];
      const { rows, last } = onePage(found, limit);
      const next_cursor = last && pageCursor([last.id], list, key);
      linkNext(request, response, settings.publicUrl, next_cursor);
      const operator = isOperator(caller);
      const tasks = rows.map((task) => taskBody(task, { videoId: video.id, runId: runId ?? '', operator }));
      response.json({ video_id: video.id, run_id: runId, tasks, next_cursor });
    })
    .get('/:id/runs', async (request, response) => {
      const video = await ownVideo(database, response, request.params.id);
      const runs = await database.library.runs(video.id);
      response.json({ video_id: video.id, runs: runs.map((run) => runBody(run, video)) });
    });
}

/** The run that is asked for, else the current one; null where there is none yet. */
async function runIdOf(database: Database, video: VideoRow, wanted: string | undefined): Promise<string | null> {
  if (wanted === undefined) return video.runId;
  const run = await database.library.run(video.id, wanted);
  if (!run) throw new CatalogueError('NOT_FOUND', 'The video has no such run.');
  return run.id;
}

/** A task in the shape of the API. Pure. */
export const taskBody = (
  task: TaskDetail,
  { operator, ...run }: { videoId: string; runId: string; operator: boolean },
): TaskBody => ({
  name: task.name,
  job_id: jobId({ ...run, name: task.name }),
  type: task.type,
  status: task.status,
  resolution: task.resolution,
  codec: task.codec,
  segment_index: task.segmentIndex,
  progress: task.progress,
  attempts: task.attempts,
  retry_count: task.retryCount,
  worker: task.workerId,
  started_at: task.startedAt?.toISOString() ?? null,
  completed_at: task.completedAt?.toISOString() ?? null,
  duration_ms: task.durationMs,
  error: task.errorCode ? userError(task.errorCode, task.errorDetail ?? '', { operator }) : null,
});

const runBody = (run: RunRow, video: VideoRow): RunBody => ({
  run_id: run.id,
  number: run.number,
  reason: run.reason,
  status: run.status,
  current: run.id === video.runId,
  created_at: run.createdAt.toISOString(),
  finished_at: run.finishedAt?.toISOString() ?? null,
});
