import type { TakenTask } from '../jobs/services.ts';
import type { Client, Sql } from './client.ts';
import { holdTask } from './hold-task.ts';
import { text } from './json.ts';
import { startRun } from './start-run.ts';
import { holdVideoOf } from './task-outcomes.ts';
import { isFinal } from './video-state.ts';

/** A new run in the place of one whose queue was lost. Of two callers at once, one gets the new run and the other null. */
export async function rebuildRun(
  client: Client,
  runId: string,
  reason: string,
): Promise<{ videoId: string; runId: string } | null> {
  return client.transaction(async (sql) => {
    const video = await holdVideoOf(sql, runId);
    if (!video || isFinal(video.status) || video.run_id !== runId) return null;
    const newRun = await supersede(sql, { videoId: video.id, runId }, { reason });
    return newRun === null ? null : { videoId: video.id, runId: newRun };
  });
}

/**
 * A new run whose probe decodes all of the picture, in the place of the one that a task in hand belongs to. Null where that run's probe did so
 * already. Rejects with FENCE_LOST, and with RUN_SUPERSEDED where somebody else was first.
 */
export async function decodeAnew(client: Client, task: TakenTask, reason: string): Promise<string | null> {
  return client.transaction(async (sql) => {
    if ((await holdTask(sql, task)) === 'committed') return null;
    const [run] = await sql<{ decoded: boolean }>('SELECT decode_index AS decoded FROM runs WHERE id = $1', [
      task.runId,
    ]);
    return run?.decoded ? null : supersede(sql, task, { reason, decodeIndex: true });
  });
}

/** Ends an open run of a held video, and begins the next one; what was found out about its index goes along. */
async function supersede(
  sql: Sql,
  { videoId, runId }: { videoId: string; runId: string },
  { reason, decodeIndex = false }: { reason: string; decodeIndex?: boolean },
): Promise<string | null> {
  const [old] = await sql<{ number: number; decoded: boolean }>(
    `UPDATE runs SET status = 'superseded', finished_at = now() WHERE id = $1 AND status = 'open'
     RETURNING number, decode_index AS decoded`,
    [runId],
  );
  const [source] = await sql<{ key: string; bytes: string; etag: string | null }>(
    'SELECT original_key AS key, file_size AS bytes, original_etag AS etag FROM videos WHERE id = $1',
    [videoId],
  );
  if (!old || !source) return null;
  const identity = { key: source.key, bytes: Number(source.bytes), etag: source.etag ?? '' };
  const next = { number: old.number + 1, reason: text(reason), decodeIndex: decodeIndex || old.decoded };
  return startRun(sql, { id: videoId, source: identity }, next);
}
