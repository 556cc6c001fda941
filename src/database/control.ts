import type { Client } from './client.ts';
import type { Priority } from './database.ts';
import { cancelVideo, type EndedWork, removeVideo } from './end-work.ts';
import { expireUploads } from './expire-uploads.ts';
import type { Notifier } from './notifier.ts';
import { prioritiseVideo } from './prioritise-video.ts';
import type { RetryStep } from './retry-step.ts';
import { retryVideo } from './retry-video.ts';

/** What users and operators do to videos that are there; and what relay and workers must know of it. */
export interface Control {
  /** See `retryVideo`: `step` is where it goes on. */
  retry(videoId: string, step: RetryStep | undefined): Promise<{ runId: string; step: RetryStep }>;
  /** See `cancelVideo`. Where an upload was ended, the relay makes storage forget it. */
  cancel(videoId: string): Promise<EndedWork>;
  /** See `removeVideo`. */
  remove(videoId: string): Promise<EndedWork>;
  /** See `prioritiseVideo`. */
  prioritise(videoId: string, priority: Priority): Promise<void>;
  /** See `expireUploads`. */
  expireUploads(createdBefore: Date, most: number): Promise<string[]>;
  /** Those of these runs that were cancelled, or are gone. */
  cancelled(runIds: readonly string[]): Promise<string[]>;
}

export function openControl(client: Client, notifier: Notifier): Control {
  const tell = (videoId: string) => {
    notifier.outboxEntry();
    notifier.videoChanged(videoId);
  };
  const told = async (videoId: string, ending: Promise<EndedWork>) => {
    const ended = await ending;
    tell(videoId);
    return ended;
  };
  return {
    async retry(videoId, step) {
      const retried = await retryVideo(client, videoId, step);
      tell(videoId);
      return retried;
    },
    cancel: (videoId) => told(videoId, cancelVideo(client, videoId)),
    remove: (videoId) => told(videoId, removeVideo(client, videoId)),
    async prioritise(videoId, priority) {
      if (await prioritiseVideo(client, videoId, priority)) notifier.outboxEntry();
      notifier.videoChanged(videoId);
    },
    async expireUploads(createdBefore, most) {
      const expired = await expireUploads(client, createdBefore, most);
      for (const videoId of expired) tell(videoId);
      return expired;
    },
    async cancelled(runIds) {
      const rows = await client.sql<{ id: string }>(
        `SELECT asked.id FROM unnest($1::text[]) AS asked (id) LEFT JOIN runs ON runs.id = asked.id
          WHERE runs.id IS NULL OR runs.status = 'cancelled'`,
        [runIds],
      );
      return rows.map(({ id }) => id);
    },
  };
}
