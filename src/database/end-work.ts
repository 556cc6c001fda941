import type { Client, Sql } from './client.ts';
import type { EndedWork } from './control.ts';
import { type HeldVideo, holdVideo, stateConflict } from './hold-video.ts';
import { addToOutbox } from './outbox.ts';
import { isFinal } from './video-state.ts';

/** Ends what is under way with a video. Rejects with VIDEO_STATE_CONFLICT where nothing is, but for one that is cancelled already. */
export async function cancelVideo(client: Client, videoId: string): Promise<EndedWork> {
  return client.transaction(async (sql) => {
    const video = await holdVideo(sql, videoId);
    if (video.status === 'cancelled') return 'nothing';
    if (isFinal(video.status)) throw stateConflict(video, 'only what is under way can be cancelled');
    await sql(`UPDATE videos SET status = 'cancelled', completed_at = now() WHERE id = $1`, [videoId]);
    return endWork(sql, video);
  });
}

/** Marks a video as removed, whatever it is, and ends what is under way with it. Its row, its original and its outputs stay. */
export async function removeVideo(client: Client, videoId: string): Promise<EndedWork> {
  return client.transaction(async (sql) => {
    const video = await holdVideo(sql, videoId);
    if (video.status === 'removed') return 'nothing';
    await sql(
      `UPDATE videos SET status = 'removed', removed_at = now(), completed_at = coalesce(completed_at, now()), playable = false
        WHERE id = $1`,
      [videoId],
    );
    return endWork(sql, video);
  });
}

/** Closes the run of a held video, or its open upload, and tells the relay. `video`: as it was. */
async function endWork(sql: Sql, { id: videoId, status, runId }: HeldVideo): Promise<EndedWork> {
  if (status === 'awaiting_upload') {
    await addToOutbox(sql, { topic: 'upload.abort', videoId, runId: '' });
    return 'upload';
  }
  if (isFinal(status) || runId === null) return 'nothing';
  await sql(`UPDATE runs SET status = 'cancelled', finished_at = now() WHERE id = $1`, [runId]);
  // Nobody works on them any more: what is in hand meanwhile is stopped, and no death.
  await sql(`UPDATE transcoding_tasks SET status = 'pending' WHERE run_id = $1 AND status IN ('running', 'retrying')`, [
    runId,
  ]);
  await addToOutbox(sql, { topic: 'run.cancel', videoId, runId });
  return 'run';
}
