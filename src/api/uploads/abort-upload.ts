import type { Database, VideoRow } from '../../database/database.ts';
import { within } from '../../flows/time-out.ts';
import type { Logger } from '../../log.ts';
import type { Storage } from '../../storage/storage.ts';
import { uploadNotOpen } from './open-upload.ts';

/**
 * Cancels a video that waits for its upload, and removes what has arrived. May be sent again; rejects with UPLOAD_NOT_OPEN
 * where the upload was completed, refused or given up for another reason.
 *
 * A complete can join the parts in the same moment. Each side first asks the row who was first, then cleans up: the object is
 * removed here where it was joined before the row was cancelled, and by the complete that finds the row cancelled where it was
 * joined later. Nobody can take up a cancelled video, so nobody needs that object.
 */
export async function abortUpload(
  services: { database: Pick<Database, 'videos'> } & DropServices,
  video: VideoRow,
): Promise<void> {
  const { database } = services;
  if (!(await database.videos.cancelUpload(video.id))) {
    const decided = (await database.videos.find(video.id)) ?? video;
    if (!isAborted(decided)) throw uploadNotOpen(decided);
  }
  await dropUpload(services, video);
}

interface DropServices {
  storage: Pick<Storage, 'abortMultipartUpload' | 'remove'>;
  log: Pick<Logger, 'warn'>;
}

/** How long an answer waits for storage to drop what nobody needs, ms. */
const dropTimeoutMs = 5_000;

/**
 * Removes what has arrived of an upload that is closed. Never rejects: the row is what counts, and the relay removes the same for its own entry
 * of the outbox, again until storage takes it.
 */
export async function dropUpload({ storage, log }: DropServices, video: VideoRow): Promise<void> {
  try {
    await within(dropTimeoutMs, 'what an upload leaves in storage', removeUpload(storage, video));
  } catch (error) {
    log.warn({ err: error, videoId: video.id }, 'storage did not drop what an upload left: the relay goes on with it');
  }
}

async function removeUpload(storage: DropServices['storage'], video: VideoRow): Promise<void> {
  if (video.uploadId) await storage.abortMultipartUpload(video.originalKey, video.uploadId);
  await storage.remove(video.originalKey);
}

/** Given up before anything was accepted or refused: an original that was accepted is never removed. */
export const isAborted = ({ status, uploadedAt, errorCode }: VideoRow): boolean =>
  ['cancelled', 'expired', 'removed'].includes(status) && uploadedAt === null && errorCode === null;
