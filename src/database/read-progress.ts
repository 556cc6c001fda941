import type { TaskType } from '../plan/task-specs.ts';
import type { Client } from './client.ts';
import type { TaskStatus } from './database.ts';

/** How many tasks of a run are of one kind and in one state. */
export interface TaskCount {
  type: TaskType;
  status: TaskStatus;
  count: number;
  /** The sum of what they have done, each 0 to 1. */
  progress: number;
}

/** What the runs of a video have done. */
export interface VideoWork {
  /** Of its current run; empty where it has none. */
  current: TaskCount[];
  /** Of each run that the current one took the place of without anybody asking for it: nobody's progress goes back for that. */
  earlier: TaskCount[][];
}

/** Reads a video's work in one statement of as many rows as there are kinds and states, however long the film. */
export async function readProgress({ sql }: Pick<Client, 'sql'>, videoId: string): Promise<VideoWork> {
  // A run after one that has come to its own end was asked for (a retry): it begins anew.
  const rows = await sql<TaskCount & { runId: string; isCurrent: boolean }>(
    `SELECT t.run_id AS "runId", r.id = v.run_id AS "isCurrent", t.type, t.status, count(*)::int AS count, sum(t.progress)::float8 AS progress
       FROM videos v JOIN runs r ON r.video_id = v.id JOIN transcoding_tasks t ON t.run_id = r.id
      WHERE v.id = $1
        AND r.number > coalesce((SELECT max(ended.number) FROM runs ended WHERE ended.video_id = v.id AND ended.id <> v.run_id
                                    AND ended.status IN ('completed', 'failed', 'cancelled')), 0)
      GROUP BY t.run_id, r.id, v.run_id, t.type, t.status ORDER BY t.run_id, t.type, t.status`,
    [videoId],
  );
  const runs = new Map<string, TaskCount[]>();
  const current: TaskCount[] = [];
  for (const { runId, isCurrent, ...counts } of rows) {
    if (isCurrent) current.push(counts);
    else runs.set(runId, [...(runs.get(runId) ?? []), counts]);
  }
  return { current, earlier: [...runs.values()] };
}
