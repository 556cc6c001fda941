import type { Client, Sql } from './client.ts';
import type { Database } from './database.ts';
import { text } from './json.ts';
import type { Notifier } from './notifier.ts';
import { addToOutbox } from './outbox.ts';
import { isFinal, type VideoStatus } from './video-state.ts';

/** What becomes of a delivery that did not commit. */
export function taskOutcomes(client: Client, notifier: Notifier): Database['tasks'] {
  return {
    async retrying(ref, error) {
      await client.sql(
        `UPDATE transcoding_tasks SET status = 'retrying', retry_count = retry_count + 1, error_code = $3, error_detail = $4,
                waiting_since = NULL
          WHERE run_id = $1 AND name = $2 AND status = 'running'`,
        [ref.runId, ref.name, error.code, text(error.detail)],
      );
    },

    async waiting(ref, error, since) {
      // It may have met this before it took its task; in a run that has ended meanwhile it waits for nothing.
      const [task] = await client.sql<{ videoId: string }>(
        `UPDATE transcoding_tasks SET status = 'retrying', error_code = $3, error_detail = $4, waiting_since = $5
          WHERE run_id = $1 AND name = $2 AND status IN ('pending', 'running', 'retrying')
            AND EXISTS (SELECT FROM runs WHERE id = $1 AND status = 'open')
        RETURNING video_id AS "videoId"`,
        [ref.runId, ref.name, error.code, text(error.detail), since],
      );
      if (task) notifier.videoChanged(task.videoId);
    },

    async released(ref) {
      await client.sql(
        `UPDATE transcoding_tasks SET status = 'pending' WHERE run_id = $1 AND name = $2 AND status = 'running'`,
        [ref.runId, ref.name],
      );
    },

    async failed(ref, error) {
      const videoId = await client.transaction(async (sql) => {
        const video = await holdVideoOf(sql, ref.runId);
        if (!video || isFinal(video.status) || video.run_id !== ref.runId) return null;
        const failed = await sql(
          `UPDATE transcoding_tasks SET status = 'failed', completed_at = now(), error_code = $3, error_detail = $4
            WHERE run_id = $1 AND name = $2 AND status <> 'completed' RETURNING id`,
          [ref.runId, ref.name, error.code, text(error.detail)],
        );
        if (failed.length === 0) return null;
        await failVideo(sql, { videoId: video.id, runId: ref.runId }, error);
        return video.id;
      });
      if (videoId === null) return;
      notifier.outboxEntry();
      notifier.videoChanged(videoId);
    },
  };
}

/** Closes a video, and its run where it has one, as failed, with the news of it. For a transaction that holds the video's row. */
export async function failVideo(
  sql: Sql,
  { videoId, runId }: { videoId: string; runId: string | null },
  error: { code: string; detail: string },
): Promise<void> {
  await sql(`UPDATE runs SET status = 'failed', finished_at = now() WHERE id = $1 AND status = 'open'`, [runId]);
  await sql(
    `UPDATE videos SET status = 'failed', completed_at = now(), error_code = $2, error_detail = $3 WHERE id = $1`,
    [videoId, error.code, text(error.detail)],
  );
  await addToOutbox(sql, { topic: 'video.failed', videoId, runId: runId ?? '' });
}

/** The video of a run, locked: the first lock of every transaction that writes on more than one of them. */
export async function holdVideoOf(
  sql: Sql,
  runId: string,
): Promise<{ id: string; status: VideoStatus; run_id: string | null } | undefined> {
  const [video] = await sql<{ id: string; status: VideoStatus; run_id: string | null }>(
    `SELECT id, status, run_id FROM videos WHERE id = (SELECT video_id FROM runs WHERE id = $1) FOR NO KEY UPDATE`,
    [runId],
  );
  return video;
}
