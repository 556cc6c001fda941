import type { Database, VideoRow } from '../../src/database/database.ts';
import type { VideoStatus } from '../../src/database/video-state.ts';
import { newId } from '../../src/ids.ts';
import type { TakenTask } from '../../src/jobs/services.ts';
import { originalKey } from '../../src/storage/keys.ts';

export interface SeededVideo {
  videoId: string;
  /** Its current run; empty before the upload is complete. */
  runId: string;
  row: VideoRow;
}

type Seeded = Exclude<VideoStatus, 'moderating' | 'removed' | 'expired'>;

/**
 * A video in a state, brought there by the same calls as in production. `ready` and the working states have committed nothing
 * but what the state itself takes; its outbox entries wait to be sent.
 */
export async function seedVideo(
  database: Database,
  state: Seeded,
  facts: Partial<Pick<VideoRow, 'creatorId' | 'title' | 'filename' | 'fileSize' | 'priority'>> = {},
): Promise<SeededVideo> {
  const videoId = newId('vid');
  const video = {
    creatorId: 'creator-1',
    title: 'A film',
    filename: 'film.mp4',
    fileSize: 1_000,
    priority: 'normal' as const,
    ...facts,
  };
  await database.videos.create({
    ...video,
    id: videoId,
    contentType: 'video/mp4',
    originalKey: originalKey(videoId, video.filename),
    uploadId: newId('upl'),
    partSize: 16 * 2 ** 20,
    preset: 'standard',
  });
  if (state === 'cancelled') await database.videos.cancelUpload(videoId);
  else if (state !== 'awaiting_upload') await work(database, videoId, state, video.fileSize);
  const row = await find(database, videoId);
  return { videoId, runId: row.runId ?? '', row };
}

async function work(database: Database, videoId: string, state: Seeded, bytes: number): Promise<void> {
  await database.videos.uploaded(videoId, { etag: 'd41d8cd98f00b204e9800998ecf8427e-1', bytes });
  const runId = (await find(database, videoId)).runId ?? '';
  const { tasks, videos } = database.jobPorts('wrk_seed');
  if (state === 'probing' || state === 'transcoding' || state === 'packaging') {
    await videos.advance({ videoId, runId }, state);
  }
  if (state === 'failed') {
    await database.tasks.failed({ runId, name: 'probe' }, { code: 'INPUT_NOT_MEDIA', detail: 'this is a zip file' });
  }
  if (state === 'ready') {
    const finalize: TakenTask = await tasks.take({ videoId, runId, name: 'finalize' });
    const prefix = `transcoded/${videoId}/${runId}/package-1`;
    await tasks.commitReady(finalize, {
      hlsKey: `${prefix}/manifest.m3u8`,
      dashKey: `${prefix}/manifest.mpd`,
      posterKey: `transcoded/${videoId}/${runId}/thumbnails-1/poster.jpg`,
      thumbnailsKey: null,
      warnings: [],
    });
  }
}

async function find(database: Database, videoId: string): Promise<VideoRow> {
  const row = await database.videos.find(videoId);
  if (!row) throw new Error(`there is no video ${videoId}`);
  return row;
}
