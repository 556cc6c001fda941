import type { Client } from './client.ts';

/**
 * awaiting_upload -> expired, of at most `most` videos that were created before a time, oldest first; each with an outbox entry, so that storage
 * forgets its parts whatever happens to this process. Gives their ids.
 */
export async function expireUploads({ sql }: Client, createdBefore: Date, most: number): Promise<string[]> {
  const expired = await sql<{ id: string }>(
    `WITH late AS (
       SELECT id FROM videos WHERE status = 'awaiting_upload' AND created_at < $1
        ORDER BY created_at LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED
     ), expired AS (
       UPDATE videos SET status = 'expired', completed_at = now() FROM late WHERE videos.id = late.id RETURNING videos.id
     ), told AS (
       INSERT INTO outbox (topic, video_id, payload) SELECT 'upload.abort', id, '{"runId": ""}' FROM expired
     )
     SELECT id FROM expired`,
    [createdBefore, most],
  );
  return expired.map(({ id }) => id);
}
