import { newId } from '../ids.ts';
import type { Client } from './client.ts';
import type { Control, EndedWork } from './control.ts';
import { cancelVideo, removeVideo } from './end-work.ts';
import { expireUploads } from './expire-uploads.ts';
import type { Notifier } from './notifier.ts';
import { prioritiseVideo } from './prioritise-video.ts';
import { retryVideo } from './retry-video.ts';

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
    async retry(videoId, step, newRunId = newId('run')) {
      const retried = await retryVideo(client, videoId, { step, newRunId });
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
