import { createHash } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import type { Database, VideoRow } from '../database/database.ts';
import { isErrorCode } from '../errors/catalogue.ts';
import { CatalogueError } from '../errors/catalogue-error.ts';
import type { Storage, StoredObject } from '../storage/storage.ts';
import { openUpload, uploadNotOpen } from './open-upload.ts';
import type { CompleteBody } from './upload-bodies.ts';

/** What `POST /{id}/upload/complete` answers. */
export interface CompletedBody {
  video_id: string;
  status: VideoRow['status'];
}

/**
 * Joins the parts, checks the object against what was declared, and hands the video over in one transaction. May be sent
 * again at any time: after a crash between object and row it goes on with the object, afterwards it repeats its answer.
 * What turns out wrong fails the video and keeps the object.
 */
export async function completeUpload(
  { database, storage }: { database: Database; storage: Storage },
  video: VideoRow,
  body: CompleteBody,
): Promise<CompletedBody> {
  if (video.status !== 'awaiting_upload') return answerAgain(video);

  const object = await storedOriginal(storage, video, body.parts);
  const refusal = refuse(video, object) ?? (await checksumRefusal(storage, object, body.checksum));
  if (refusal) {
    await database.videos.fail(video.id, { code: refusal.code, detail: refusal.detail });
    throw refusal;
  }
  if (await database.videos.uploaded(video.id, { etag: object.etag, bytes: object.size })) {
    return { video_id: video.id, status: 'uploaded' };
  }
  // Another request was first: its outcome is the answer.
  return answerAgain((await database.videos.find(video.id)) ?? video);
}

/** The answer to a complete that has been decided before. */
function answerAgain(video: VideoRow): CompletedBody {
  if (video.uploadedAt) return { video_id: video.id, status: video.status };
  if (video.errorCode && isErrorCode(video.errorCode)) {
    throw new CatalogueError(video.errorCode, video.errorDetail ?? '');
  }
  throw uploadNotOpen(video);
}

async function storedOriginal(storage: Storage, video: VideoRow, parts: CompleteBody['parts']): Promise<StoredObject> {
  const there = await storage.head(video.originalKey);
  if (there) return there;
  const { key, uploadId } = openUpload(video);
  if (parts.length === 0 && video.fileSize === 0) return { key, size: 0, etag: '' };
  if (parts.length === 0) throw new CatalogueError('UPLOAD_PARTS_INVALID', 'No part was listed.');
  try {
    return await storage.completeMultipartUpload(
      key,
      uploadId,
      parts.map(({ part_number, etag }) => ({ partNumber: part_number, etag })),
    );
  } catch (error) {
    // Two completes at once: the other one's object is as good.
    const joined = await storage.head(key);
    if (joined) return joined;
    throw error;
  }
}

function refuse(video: VideoRow, object: StoredObject): CatalogueError | null {
  if (object.size !== video.fileSize) {
    const detail = `${video.fileSize} bytes were declared, ${object.size} arrived.`;
    return new CatalogueError('UPLOAD_SIZE_MISMATCH', detail);
  }
  return object.size === 0 ? new CatalogueError('INPUT_EMPTY', 'The file has 0 bytes.') : null;
}

async function checksumRefusal(storage: Storage, object: StoredObject, wanted: string | undefined) {
  if (wanted === undefined) return null;
  const hash = createHash('sha256');
  await pipeline(await storage.read(object.key), hash);
  const found = hash.digest('hex');
  return found === wanted ? null : new CatalogueError('UPLOAD_CHECKSUM_MISMATCH', `sha256 of the object: ${found}.`);
}
