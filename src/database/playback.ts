import type { Client } from './client.ts';
import { listenOn } from './listen.ts';
import { videoChannel } from './notifier.ts';

/** Whether and how the media of a video may be fetched. */
export interface PlaybackRule {
  playback: 'public' | 'signed';
  /** Its playback has ended, whatever lies in storage. */
  removed: boolean;
}

/** What /media asks for. */
export interface PlaybackRules {
  /** Null where there is no such video. */
  rule(videoId: string): Promise<PlaybackRule | null>;
  /** Calls back with a video's id when something about it has changed, with '' when that may be so of all (LISTEN). A hint: ask again after a while as well. */
  listen(onChange: (videoId: string) => void): Promise<{ close(): Promise<void> }>;
}

export function openPlayback(
  client: Client,
  options: { url: string; onLost: (error: unknown) => void },
): PlaybackRules {
  return {
    async rule(videoId) {
      const [video] = await client.sql<{ open: boolean; removed: boolean }>(
        `SELECT playback = 'public' AS open, (status = 'removed' OR removed_at IS NOT NULL) AS removed FROM videos WHERE id = $1`,
        [videoId],
      );
      return video ? { playback: video.open ? 'public' : 'signed', removed: video.removed } : null;
    },
    listen: (onChange) => listenOn(videoChannel, onChange, options),
  };
}
