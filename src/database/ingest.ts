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
  /**
   * The next one that nobody else fetches, held for `leaseMs`; null where there is none. By priority, then of the creator who has the fewest
   * under way (so nobody has a second one while others wait), then the oldest. An attempt is counted: one that dies is one.
   */
  take(leaseMs: number): Promise<VideoToFetch | null>;
  /** Holds it on. False where nobody waits for the file any more: the video was cancelled, removed or has expired. */
  hold(id: string, leaseMs: number): Promise<boolean>;
  /** Lets it be tried again, after a while; where it is not `counted`, this attempt was none. */
  putBack(id: string, afterMs: number, counted: boolean): Promise<void>;
  /** Forgets what comes behind the path of the URL, which can be a signature, once it is of no more use. */
  forgetQuery(id: string): Promise<void>;
}

/** Any number that no other lock has (`exclusively`). */
const takeLock = 52_411_802;

/** Under way is what was begun and is still held: `putBack` takes its start away. */
const takeNext = `
  WITH under_way AS (
    SELECT creator_id, count(*) AS files FROM videos
     WHERE status = 'awaiting_upload' AND source_url IS NOT NULL AND started_at IS NOT NULL AND fetch_after > now()
     GROUP BY creator_id
  ), next AS (
    SELECT waiting.id FROM videos AS waiting LEFT JOIN under_way USING (creator_id)
     WHERE waiting.status = 'awaiting_upload' AND waiting.source_url IS NOT NULL AND waiting.fetch_after <= now()
     ORDER BY waiting.priority DESC, coalesce(under_way.files, 0), waiting.created_at, waiting.id
     LIMIT 1 FOR UPDATE OF waiting SKIP LOCKED
  )
  UPDATE videos SET fetch_attempts = fetch_attempts + 1, fetch_after = now() + $1 * interval '1 ms', started_at = coalesce(started_at, now())
   WHERE id = (SELECT id FROM next)
  RETURNING id, source_url AS url, original_key AS "originalKey", filename, fetch_attempts AS attempt`;

export function openIngest({ sql, transaction }: Client, notifier: Pick<Notifier, 'videoChanged'>): Ingest {
  return {
    async take(leaseMs) {
      const [video] = await transaction(async (within) => {
        // One at a time: two that look at once would both see a creator without a fetch under way.
        await within('SELECT pg_advisory_xact_lock($1)', [takeLock]);
        return within<VideoToFetch>(takeNext, [leaseMs]);
      });
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

    async putBack(id, afterMs, counted) {
      // The column's milliseconds are rounded: what is put back for now must not be due a moment later.
      await sql(
        `UPDATE videos SET started_at = NULL, fetch_after = date_trunc('milliseconds', now()) + $2 * interval '1 ms',
                fetch_attempts = greatest(fetch_attempts - $3::int, 0)
          WHERE id = $1 AND status = 'awaiting_upload'`,
        [id, afterMs, counted ? 0 : 1],
      );
    },

    async forgetQuery(id) {
      await sql(`UPDATE videos SET source_url = regexp_replace(source_url, '[?#].*$', '') WHERE id = $1`, [id]);
    },
  };
}
