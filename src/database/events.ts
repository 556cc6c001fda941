import type { Client } from './client.ts';
import { listenOn } from './listen.ts';
import { videoChannel } from './notifier.ts';

/** Of what a video's events tell; filled by a trigger on its row, whoever changes it. */
export const videoEventTypes = ['created', 'status', 'run', 'priority', 'title', 'playback'] as const;
export type VideoEventType = (typeof videoEventTypes)[number];

export interface VideoEvent {
  /** A decimal number; of one video they are committed in the order of their ids. */
  id: string;
  type: VideoEventType;
  createdAt: Date;
  data: Record<string, unknown>;
}

/** What has happened to videos, and hints of what happens. */
export interface VideoEvents {
  /** The events of a video after an id ('0': all), oldest first. */
  after(videoId: string, after: string, most: number): Promise<VideoEvent[]>;
  /** The id of a video's last event; '0' where there is none. */
  last(videoId: string): Promise<string>;
  /** A word for each video that differs once something of it has changed: the net below hints that were lost, one statement for all. */
  pulses(videoIds: readonly string[]): Promise<Map<string, string>>;
  /** Calls back with a video's id when something about it may have changed, with '' when any may have (LISTEN). A hint: poll as well. */
  listen(onChange: (videoId: string) => void): Promise<{ close(): Promise<void> }>;
}

export function openEvents(
  { sql }: Pick<Client, 'sql'>,
  options: { url: string; onLost: (error: unknown) => void },
): VideoEvents {
  return {
    after: (videoId, after, most) =>
      sql<VideoEvent>(
        `SELECT id::text, type, created_at AS "createdAt", data FROM video_events
          WHERE video_id = $1 AND id > $2::bigint ORDER BY video_events.id LIMIT $3`,
        [videoId, after, most],
      ),

    async last(videoId) {
      const [row] = await sql<{ id: string }>(
        `SELECT coalesce(max(id), 0)::text AS id FROM video_events WHERE video_id = $1`,
        [videoId],
      );
      return row?.id ?? '0';
    },

    async pulses(videoIds) {
      const rows = await sql<{ id: string; pulse: string }>(
        `SELECT v.id, concat_ws(' ', (SELECT max(e.id) FROM video_events e WHERE e.video_id = v.id), w.running, w.completed, w.progress) AS pulse
           FROM videos v,
                LATERAL (SELECT count(*) FILTER (WHERE t.status = 'running') AS running, sum(t.progress) AS progress,
                                count(*) FILTER (WHERE t.status = 'completed') AS completed
                           FROM transcoding_tasks t WHERE t.run_id = v.run_id) w
          WHERE v.id = ANY ($1::text[])`,
        [videoIds],
      );
      return new Map(rows.map(({ id, pulse }) => [id, pulse]));
    },

    listen: (onChange) => listenOn(videoChannel, onChange, options),
  };
}
