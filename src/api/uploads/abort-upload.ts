import type { Database, VideoRow } from '../../database/database.ts';
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
  { database, storage }: { database: Database; storage: Storage },
  video: VideoRow,
): Promise<void> {
  if (!(await database.videos.cancelUpload(video.id))) {
    const decided = (await database.videos.find(video.id)) ?? video;
    if (!isAborted(decided)) throw uploadNotOpen(decided);
  }
  await dropUpload(storage, video);
}

/** Removes what has arrived of an upload that is closed. May be repeated: the relay does so, where this process ends first. */
export async function dropUpload(
  storage: Pick<Storage, 'abortMultipartUpload' | 'remove'>,
  video: VideoRow,
): Promise<void> {
  if (video.uploadId) await storage.abortMultipartUpload(video.originalKey, video.uploadId);
  await storage.remove(video.originalKey);
}

/** Given up before anything was accepted or refused: an original that was accepted is never removed. */
export const isAborted = ({ status, uploadedAt, errorCode }: VideoRow): boolean =>
  ['cancelled', 'expired', 'removed'].includes(status) && uploadedAt === null && errorCode === null;
