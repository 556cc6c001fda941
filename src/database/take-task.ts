import { CatalogueError } from '../errors/catalogue-error.ts';
import type { TakenTask, TaskRef } from '../jobs/services.ts';
import { adoptCommitted, isDonor } from './adopt-tasks.ts';
import type { Client, Sql } from './client.ts';
import { type Death, fewestDeaths, isPoison } from './judge-deaths.ts';
import { finalStatuses, isFinal, type VideoStatus } from './video-state.ts';

interface TakenRow {
  id: string;
  fence: number;
  deaths: number;
  /** Another run has committed the same since this task's row was made. */
  adoptable: boolean;
}

/**
 * One statement where nothing is special: the fence is raised, so that whoever held the task can no longer commit, and a
 * task found `running` notes a death and under whom (an error, a hand-back and a commit each leave another status). Many deaths
 * are judged by what became of the other tasks of those workers: `isPoison`. See `Tasks.take`.
 */
export async function takeTask(client: Client, ref: TaskRef, workerId: string): Promise<TakenTask> {
  const [row] = await client.sql<TakenRow>(
    `UPDATE transcoding_tasks t
        SET fence = t.fence + 1, status = 'running', worker_id = $3, started_at = now(),
            deaths = CASE t.status WHEN 'running' THEN t.deaths + 1 WHEN 'failed' THEN 0 ELSE t.deaths END,
            died_with = CASE t.status WHEN 'running' THEN array_append(t.died_with, t.worker_id) WHEN 'failed' THEN '{}'
                        ELSE t.died_with END
       FROM runs r JOIN videos v ON v.id = r.video_id
      WHERE t.run_id = $1 AND t.name = $2 AND t.status <> 'completed'
        AND r.id = t.run_id AND r.status = 'open' AND v.run_id = r.id AND v.status <> ALL ($4::"VideoStatus"[])
     RETURNING t.id, t.fence, t.deaths,
       EXISTS (SELECT FROM transcoding_tasks d WHERE ${isDonor}) AS adoptable`,
    [ref.runId, ref.name, workerId, finalStatuses],
  );
  if (!row) return whyNot(client.sql, ref);
  const { id, fence } = row;
  if (row.adoptable) {
    const adopted = await adoptCommitted(client.sql, ref.runId, { taskId: id, fence });
    return { ...ref, id, fence, committed: adopted.length > 0 };
  }
  if (row.deaths >= fewestDeaths && isPoison(await deathsOf(client.sql, id))) {
    throw new CatalogueError('TASK_POISONED', `${row.deaths} workers died with ${ref.name} in hand`);
  }
  return { ...ref, id, fence, committed: false };
}

/**
 * What became of the others that died with the task: those that have noted the same worker, and those that it had in hand
 * and nobody has taken since. No index knows this, and none is worth its upkeep: few tasks ever die five times.
 */
const deathsOf = (sql: Sql, taskId: string): Promise<Death[]> =>
  sql<{ others: number; othersLived: boolean; explained: boolean }>(
    `WITH died AS (
       SELECT w.worker_id, w.place FROM transcoding_tasks t, unnest(t.died_with) WITH ORDINALITY AS w (worker_id, place)
        WHERE t.id = $1
     ), lost AS (
       SELECT o.status, o.error_code, CASE o.status WHEN 'running' THEN array_append(o.died_with, o.worker_id)
                                      ELSE o.died_with END AS workers
         FROM transcoding_tasks o
        WHERE o.id <> $1 AND (o.died_with && (SELECT array_agg(worker_id) FROM died)
                              OR (o.status = 'running' AND o.worker_id IN (SELECT worker_id FROM died)))
     )
     SELECT count(lost.status)::int AS others,
            coalesce(bool_and(lost.status = 'completed'), false) AS "othersLived",
            coalesce(bool_or(lost.status = 'failed' AND lost.error_code = 'TASK_POISONED'), false) AS explained
       FROM died LEFT JOIN lost ON died.worker_id = ANY (lost.workers)
      GROUP BY died.place`,
    [taskId],
  );

async function whyNot(sql: Sql, ref: TaskRef): Promise<TakenTask> {
  const [row] = await sql<{ id: string; fence: number; committed: boolean; run: string; video: VideoStatus }>(
    `SELECT t.id, t.fence, t.status = 'completed' AS committed, r.status AS run, v.status AS video
       FROM transcoding_tasks t JOIN runs r ON r.id = t.run_id JOIN videos v ON v.id = r.video_id
      WHERE t.run_id = $1 AND t.name = $2`,
    [ref.runId, ref.name],
  );
  if (!row) throw new CatalogueError('NOT_FOUND', `run ${ref.runId} has no task ${ref.name}`);
  if (row.committed) return { ...ref, id: row.id, fence: row.fence, committed: true };
  const why = isFinal(row.video) ? `the video is ${row.video}` : `run ${ref.runId} is ${row.run}`;
  throw new CatalogueError('RUN_SUPERSEDED', why);
}
