import type { TaskType } from '../plan/task-specs.ts';
import type { Client, Sql } from './client.ts';
import { type HeldVideo, holdVideo, stateConflict } from './hold-video.ts';
import { type RetryStep, redoFrom, retryReason, stepOfReason, stepReached } from './retry-step.ts';
import { startRun } from './start-run.ts';
import type { TaskStatus } from './task-statuses.ts';

/**
 * A new run of a video that has failed or was cancelled, in one transaction with its outbox entry; of two at once the first makes it. From a step:
 * that one and what is made of it is made anew, all else is taken over. Without: whatever is committed is taken over. Where the new run is
 * there already, whatever has become of it, the same request has made it. Rejects with VIDEO_STATE_CONFLICT and NOT_FOUND.
 */
export async function retryVideo(
  client: Client,
  videoId: string,
  { step, newRunId }: { step: RetryStep | undefined; newRunId: string },
): Promise<{ runId: string; step: RetryStep }> {
  return client.transaction(async (sql) => {
    const video = await holdVideo(sql, videoId);
    const [made] = await sql<{ reason: string }>('SELECT reason FROM runs WHERE id = $1 AND video_id = $2', [
      newRunId,
      videoId,
    ]);
    if (made) return { runId: newRunId, step: stepOfReason(made.reason) };
    if (!['failed', 'cancelled'].includes(video.status)) {
      throw stateConflict(video, 'only what has failed or was cancelled is retried');
    }
    if (!video.accepted) throw stateConflict(video, 'its upload was never accepted, so upload the file again');
    const from = step ?? stepReached(await tasksOf(sql, video));
    const last = await endLastRun(sql, videoId);
    await sql(
      `UPDATE videos SET status = 'uploaded', started_at = NULL, completed_at = NULL, error_code = NULL, error_detail = NULL
        WHERE id = $1`,
      [videoId],
    );
    const runId = await startRun(
      sql,
      { id: videoId, source: await sourceOf(sql, videoId) },
      {
        id: newRunId,
        number: last.number + 1,
        reason: retryReason(from),
        // What an encode has found out about the packets stays so, unless all is asked anew.
        decodeIndex: last.decodeIndex && step !== 'probe',
        redo: redoFrom(step),
      },
    );
    return { runId, step: from };
  });
}

const tasksOf = (sql: Sql, { runId }: HeldVideo) =>
  sql<{ type: TaskType; status: TaskStatus }>('SELECT type, status FROM transcoding_tasks WHERE run_id = $1', [runId]);

/** One that was cancelled stays so: that is how the workers know that nobody wants its work. */
async function endLastRun(sql: Sql, videoId: string): Promise<{ number: number; decodeIndex: boolean }> {
  const [last] = await sql<{ id: string; number: number; decodeIndex: boolean }>(
    'SELECT id, number, decode_index AS "decodeIndex" FROM runs WHERE video_id = $1 ORDER BY number DESC LIMIT 1 FOR NO KEY UPDATE',
    [videoId],
  );
  if (!last) return { number: 0, decodeIndex: false };
  await sql(`UPDATE runs SET status = 'superseded' WHERE id = $1 AND status = 'failed'`, [last.id]);
  return last;
}

/** Of the original, as it was when its upload was accepted. */
async function sourceOf(sql: Sql, videoId: string): Promise<{ key: string; bytes: number; etag: string }> {
  const [source] = await sql<{ key: string; bytes: string; etag: string | null }>(
    'SELECT original_key AS key, file_size AS bytes, original_etag AS etag FROM videos WHERE id = $1',
    [videoId],
  );
  if (!source) throw new Error(`video ${videoId} is held, and not there`);
  return { key: source.key, bytes: Number(source.bytes), etag: source.etag ?? '' };
}
