import { createHash } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import type { Database, VideoRow } from '../../database/database.ts';
import { isErrorCode } from '../../errors/catalogue.ts';
import { CatalogueError } from '../../errors/catalogue-error.ts';
import { jobId } from '../../jobs/define-job.ts';
import type { Storage, StoredObject } from '../../storage/storage.ts';
import type { ApiSettings } from '../services.ts';
import { isAborted } from './abort-upload.ts';
import { openUpload, uploadNotOpen } from './open-upload.ts';
import { sniffOriginal } from './sniff-original.ts';
import type { CompletedBody } from './upload-answers.ts';
import type { CompleteBody } from './upload-bodies.ts';

interface Services {
  database: Database;
  storage: Storage;
  settings: Pick<ApiSettings, 'audioOnly'>;
}

/**
 * Joins the parts, checks the object against what was declared, looks into it, and hands the video over in one transaction. May be
 * sent again at any time: after a crash between object and row it goes on with the object. What turns out wrong, or is no video,
 * fails the video and keeps the object; no job is made of it.
 *
 * The row decides, once: of several requests at a time the first to write it, and all others get its outcome as their answer,
 * whatever they brought. So an upload that was accepted stays so, also where a later request names another checksum.
 */
export async function completeUpload(services: Services, video: VideoRow, body: CompleteBody): Promise<CompletedBody> {
  const { database, storage } = services;
  if (video.status === 'awaiting_upload') {
    try {
      await decide(services, video, body);
    } catch (error) {
      // An abort takes parts and object away under our hands: then the row tells more than the error.
      if ((await database.videos.find(video.id))?.status === 'awaiting_upload') throw error;
    }
  }
  const decided = (await database.videos.find(video.id)) ?? video;
  // See `abortUpload`: what was joined after the abort had cleaned up.
  if (isAborted(decided)) await storage.remove(decided.originalKey);
  return answerAgain(decided);
}

/** Makes the video uploaded, or fails it, unless another request was first. */
async function decide({ database, storage, settings }: Services, video: VideoRow, body: CompleteBody): Promise<void> {
  const object = await storedOriginal(storage, video, body.parts);
  const refusal =
    refuse(video, object) ??
    (await checksumRefusal(storage, object, body.checksum)) ??
    (await sniffOriginal(storage, object, settings));
  if (refusal) await database.videos.refuseUpload(video.id, { code: refusal.code, detail: refusal.detail });
  else await database.videos.uploaded(video.id, { etag: object.etag, bytes: object.size });
}

/** The answer to a complete that has been decided. */
function answerAgain(video: VideoRow): CompletedBody {
  if (video.uploadedAt && video.runId) {
    const job_id = jobId({ videoId: video.id, runId: video.runId, name: 'finalize' });
    return { video_id: video.id, status: video.status, job_id };
  }
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
