import type { Client } from './client.ts';
import type { Notifier } from './notifier.ts';

/** A video whose file is to be fetched, held by one process for a while. */
export interface VideoToFetch {
  id: string;
  url: string;
  originalKey: string;
  filename: string;
  /** From 1. */
  attempt: number;
}

/** Videos that are fetched from a URL: they wait as `awaiting_upload`, and their row says when they may be fetched. */
export interface Ingest {
  /** The longest waiting one that nobody else fetches, held for `leaseMs`; null where there is none. An attempt is counted: one that dies is one. */
  take(leaseMs: number): Promise<VideoToFetch | null>;
  /** Holds it on. False where nobody waits for the file any more: the video was cancelled, removed or has expired. */
  hold(id: string, leaseMs: number): Promise<boolean>;
  /** Lets it be tried again, after a while. */
  putBack(id: string, afterMs: number): Promise<void>;
  /** Forgets what comes behind the path of the URL, which can be a signature, once it is of no more use. */
  forgetQuery(id: string): Promise<void>;
}

export function openIngest({ sql }: Client, notifier: Pick<Notifier, 'videoChanged'>): Ingest {
  return {
    async take(leaseMs) {
      const [video] = await sql<VideoToFetch & { id: string }>(
        `UPDATE videos SET fetch_attempts = fetch_attempts + 1, fetch_after = now() + $1 * interval '1 ms', started_at = coalesce(started_at, now())
          WHERE id = (SELECT id FROM videos
                       WHERE status = 'awaiting_upload' AND source_url IS NOT NULL AND fetch_after <= now()
                       ORDER BY fetch_after LIMIT 1 FOR UPDATE SKIP LOCKED)
         RETURNING id, source_url AS url, original_key AS "originalKey", filename, fetch_attempts AS attempt`,
        [leaseMs],
      );
      if (video) notifier.videoChanged(video.id);
      return video ?? null;
    },

    async hold(id, leaseMs) {
      const held = await sql(
        `UPDATE videos SET fetch_after = now() + $2 * interval '1 ms' WHERE id = $1 AND status = 'awaiting_upload' RETURNING id`,
        [id, leaseMs],
      );
      return held.length > 0;
    },

    async putBack(id, afterMs) {
      await sql(`UPDATE videos SET fetch_after = now() + $2 * interval '1 ms' WHERE id = $1`, [id, afterMs]);
    },

    async forgetQuery(id) {
      await sql(`UPDATE videos SET source_url = regexp_replace(source_url, '[?#].*$', '') WHERE id = $1`, [id]);
    },
  };
}
