import type { Sql } from './client.ts';

/**
 * SQL: whether a task `t` may take over what `d` has committed: the same fingerprint, and no run since `d`'s was begun to make tasks of this
 * type anew. So a run that takes the place of such a one takes over what that one has made, and nothing older.
 */
export const isDonor = `d.video_id = t.video_id AND d.fingerprint = t.fingerprint AND d.run_id <> t.run_id AND d.status = 'completed'
  AND NOT EXISTS (SELECT FROM runs anew JOIN runs made ON made.id = d.run_id
                   WHERE anew.video_id = t.video_id AND anew.number > made.number AND t.type = ANY (anew.redo))`;

/**
 * Takes over, for open tasks of a run, what another run of the same video has committed for the same fingerprint: the
 * artefact rows are copied (the objects stay where they are), and a probe's facts come along. For one task at the fence
 * it was taken with, or for all of the run. Gives the ids of the tasks that are done by it.
 */
export async function adoptCommitted(
  sql: Sql,
  runId: string,
  only: { taskId: string; fence: number } | null,
): Promise<string[]> {
  const rows = await sql<{ id: string }>(
    `WITH donor AS (
       SELECT DISTINCT ON (t.id) t.id, t.type, d.id AS donor_id, d.run_id AS donor_run, d.output_key
         FROM transcoding_tasks t
         JOIN transcoding_tasks d ON ${isDonor}
        WHERE t.run_id = $1 AND t.status <> 'completed' AND ($2::text IS NULL OR (t.id = $2 AND t.fence = $3))
        ORDER BY t.id, d.completed_at, d.id
     ), adopted AS (
       UPDATE transcoding_tasks t
          SET status = 'completed', progress = 1, output_key = donor.output_key, completed_at = now(), duration_ms = 0,
              error_code = NULL, error_detail = NULL
         FROM donor WHERE t.id = donor.id AND t.status <> 'completed'
       RETURNING t.id
     ), copied AS (
       INSERT INTO artefacts (task_id, run_id, video_id, kind, rendition, segment_index, key, size, sha256, facts)
       SELECT donor.id, $1, a.video_id, a.kind, a.rendition, a.segment_index, a.key, a.size, a.sha256, a.facts
         FROM adopted JOIN donor USING (id) JOIN artefacts a ON a.task_id = donor.donor_id
       ON CONFLICT (task_id, key) DO NOTHING
     ), probed AS (
       UPDATE runs SET probe = earlier.probe
         FROM adopted JOIN donor USING (id) JOIN runs earlier ON earlier.id = donor.donor_run
        WHERE runs.id = $1 AND donor.type = 'probe'
     )
     SELECT id FROM adopted`,
    [runId, only?.taskId ?? null, only?.fence ?? null],
  );
  return rows.map(({ id }) => id);
}
