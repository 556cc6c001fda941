import type { Client } from './client.ts';
import { startRun } from './start-run.ts';
import { holdVideoOf } from './task-outcomes.ts';
import { isFinal } from './video-state.ts';

/** A new run in the place of one whose queue was lost. Of two callers at once, one gets the new run's id and the other null. */
export async function rebuildRun(client: Client, runId: string, reason: string): Promise<string | null> {
  return client.transaction(async (sql) => {
    const video = await holdVideoOf(sql, runId);
    if (!video || isFinal(video.status) || video.run_id !== runId) return null;
    const [old] = await sql<{ number: number }>(
      `UPDATE runs SET status = 'superseded', finished_at = now() WHERE id = $1 AND status = 'open' RETURNING number`,
      [runId],
    );
    const [source] = await sql<{ key: string; bytes: string; etag: string | null }>(
      'SELECT original_key AS key, file_size AS bytes, original_etag AS etag FROM videos WHERE id = $1',
      [video.id],
    );
    if (!old || !source) return null;
    const identity = { key: source.key, bytes: Number(source.bytes), etag: source.etag ?? '' };
    return startRun(sql, { id: video.id, source: identity }, { number: old.number + 1, reason });
  });
}
