import type { TaskType } from '../plan/task-specs.ts';
import type { Client } from './client.ts';
import type { TaskStatus } from './task-statuses.ts';

/** How many tasks of a run are of one kind and in one state. */
export interface TaskCount {
  type: TaskType;
  status: TaskStatus;
  count: number;
  /** The sum of what they have done, each 0 to 1. */
  progress: number;
  /** How many of them were made before the video's `startedAt`: what a retry has taken over. Of the current run. */
  inherited: number;
  /** Those of them, running or retrying, that meet a service that is away or refuses us: how many, since when the first, and with which code. */
  held?: { count: number; since: Date; code: string } | null;
}

/** What the runs of a video have done. */
export interface VideoWork {
  /** Of its current run; empty where it has none. */
  current: TaskCount[];
  /**
   * Of each run before it: nobody's progress goes back because a queue was lost. What a later run was begun to make anew stands there as not begun.
   */
  earlier: TaskCount[][];
}

interface ProgressRow extends Omit<TaskCount, 'held'> {
  runId: string;
  isCurrent: boolean;
  heldCount: number;
  heldSince: Date | null;
  heldBy: string | null;
}

/** Reads a video's work in one statement of as many rows as there are kinds and states, however long the film. */
export async function readProgress({ sql }: Pick<Client, 'sql'>, videoId: string): Promise<VideoWork> {
  // As work is taken over by later runs (`adopt-tasks.ts`): what a retry makes anew begins anew. A run that takes the place of a lost one
  // keeps the video's clock, so what it took over was made in that time.
  const rows = await sql<ProgressRow>(
    `SELECT run_id AS "runId", "isCurrent", type, status, count(*)::int AS count, sum(progress)::float8 AS progress,
            (count(*) FILTER (WHERE inherited))::int AS inherited,
            count("heldSince")::int AS "heldCount", min("heldSince") AS "heldSince",
            (array_agg(error_code ORDER BY "heldSince") FILTER (WHERE "heldSince" IS NOT NULL))[1] AS "heldBy"
       FROM (SELECT t.run_id, r.id = v.run_id AS "isCurrent", t.type, t.error_code,
                    CASE WHEN t.status IN ('running', 'retrying') THEN t.waiting_since END AS "heldSince",
                    CASE WHEN anew.it THEN 'pending' ELSE t.status END AS status, CASE WHEN anew.it THEN 0 ELSE t.progress END AS progress,
                    r.id = v.run_id AND t.status = 'completed' AND t.duration_ms = 0
                    AND t.fingerprint NOT IN (SELECT made.fingerprint FROM transcoding_tasks made JOIN videos clock ON clock.id = made.video_id
                                               WHERE clock.id = $1 AND made.duration_ms > 0 AND made.completed_at >= clock.started_at) AS inherited
               FROM videos v JOIN runs r ON r.video_id = v.id JOIN transcoding_tasks t ON t.run_id = r.id,
                    LATERAL (SELECT EXISTS (SELECT FROM runs later WHERE later.video_id = v.id AND later.number > r.number
                                                                     AND t.type = ANY (later.redo)) AS it) anew
              WHERE v.id = $1) work
      GROUP BY run_id, "isCurrent", type, status ORDER BY run_id, type, status`,
    [videoId],
  );
  const runs = new Map<string, TaskCount[]>();
  const current: TaskCount[] = [];
  for (const { runId, isCurrent, heldCount: count, heldSince: since, heldBy: code, ...counts } of rows) {
    const tasks = { ...counts, held: since && { count, since, code: code ?? 'SERVICE_UNAVAILABLE' } };
    if (isCurrent) current.push(tasks);
    else runs.set(runId, [...(runs.get(runId) ?? []), tasks]);
  }
  return { current, earlier: [...runs.values()] };
}
