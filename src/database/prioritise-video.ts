import type { Client } from './client.ts';
import { holdVideo, stateConflict } from './hold-video.ts';
import { addToOutbox } from './outbox.ts';
import type { Priority } from './priorities.ts';
import { isFinal } from './video-state.ts';

/**
 * Gives a video another priority, with the news of it for the jobs that wait; what is not under way has it at its retry. True where an outbox entry
 * was written. Rejects with VIDEO_STATE_CONFLICT where no work is left to come, with NOT_FOUND.
 */
export async function prioritiseVideo(client: Client, videoId: string, priority: Priority): Promise<boolean> {
  return client.transaction(async (sql) => {
    const video = await holdVideo(sql, videoId);
    if (['ready', 'removed', 'expired'].includes(video.status))
      throw stateConflict(video, 'no work is left to do on it');
    const changed = await sql(
      'UPDATE videos SET priority = $2::"Priority" WHERE id = $1 AND priority <> $2::"Priority" RETURNING id',
      [videoId, priority],
    );
    if (changed.length === 0 || isFinal(video.status) || video.runId === null) return false;
    await addToOutbox(sql, { topic: 'run.prioritise', videoId, runId: video.runId });
    return true;
  });
}
