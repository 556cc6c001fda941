import type { VideoRow } from '../../database/database.ts';
import { CatalogueError } from '../../errors/catalogue-error.ts';

/** The storage's upload of a video that still waits for its bytes; rejects with UPLOAD_NOT_OPEN after that. */
export function openUpload(video: VideoRow): { key: string; uploadId: string } {
  if (video.status !== 'awaiting_upload' || !video.uploadId) throw uploadNotOpen(video);
  return { key: video.originalKey, uploadId: video.uploadId };
}

export const uploadNotOpen = (video: Pick<VideoRow, 'status'>): CatalogueError =>
  new CatalogueError('UPLOAD_NOT_OPEN', `The video is ${video.status}.`);
