import type { Sql } from './client.ts';
import type { QueuedTask, RunRow, StoredTaskType, TaskDetail } from './library.ts';

const runColumns = `id, number, reason, status, created_at AS "createdAt", finished_at AS "finishedAt"`;
const taskColumns = `t.id, t.name, t.type, t.status, t.resolution, t.codec, t.segment_index AS "segmentIndex", t.progress,
  t.fence AS attempts, t.retry_count AS "retryCount", t.worker_id AS "workerId", t.started_at AS "startedAt",
  t.completed_at AS "completedAt", t.duration_ms AS "durationMs", t.error_code AS "errorCode", t.error_detail AS "errorDetail"`;

export const listRuns = (sql: Sql, videoId: string): Promise<RunRow[]> =>
  sql<RunRow>(`SELECT ${runColumns} FROM runs WHERE video_id = $1 ORDER BY number DESC`, [videoId]);

export async function findRun(sql: Sql, videoId: string, idOrNumber: string): Promise<RunRow | null> {
  const [run] = await sql<RunRow>(
    `SELECT ${runColumns} FROM runs WHERE video_id = $1 AND (id = $2 OR number::text = $2)`,
    [videoId, idOrNumber],
  );
  return run ?? null;
}

/** Ids are made in the order of the plan. */
export const listTasks = (
  sql: Sql,
  runId: string,
  { statuses, types }: { statuses: readonly TaskDetail['status'][] | null; types: readonly StoredTaskType[] | null },
  { behind, most }: { behind: string | null; most: number },
): Promise<TaskDetail[]> =>
  sql<TaskDetail>(
    `SELECT ${taskColumns} FROM transcoding_tasks t
      WHERE t.run_id = $1 AND t.id > $2 AND ($3::"TaskStatus"[] IS NULL OR t.status = ANY ($3))
        AND ($4::"TaskType"[] IS NULL OR t.type = ANY ($4)) ORDER BY t.id LIMIT $5`,
    [runId, behind ?? '', statuses, types, most],
  );

export async function findTask(
  sql: Sql,
  { videoId, runId, name }: { videoId: string; runId: string; name: string },
): Promise<QueuedTask | null> {
  const [task] = await sql<QueuedTask>(
    `SELECT ${taskColumns}, r.status AS "runStatus",
            (SELECT json_build_object('code', f.error_code, 'detail', coalesce(f.error_detail, '')) FROM transcoding_tasks f
              WHERE r.status = 'failed' AND f.run_id = r.id AND f.status = 'failed' AND f.error_code IS NOT NULL
              ORDER BY f.completed_at LIMIT 1) AS "runError"
       FROM transcoding_tasks t JOIN runs r ON r.id = t.run_id
      WHERE t.run_id = $2 AND t.name = $3 AND t.video_id = $1`,
    [videoId, runId, name],
  );
  return task ?? null;
}
