import { z } from 'zod';
import type { Database, VideoRow } from '../../database/database.ts';
import { CatalogueError } from '../../errors/catalogue-error.ts';
import type { Operation } from '../operation.ts';
import { nameOrNone } from '../uploads/upload-bodies.ts';
import { playback, videoSchema } from './video-answers.ts';

/** A merge patch (RFC 7396) of what its creator may change of a video. A name of a field that is not here is a mistake, and refused. */
export const videoChanges = z
  .strictObject({
    title: nameOrNone
      .nullable()
      .optional()
      .meta({ description: 'Null or empty: the name of the file again. Left out: as it is.', example: 'Our holidays' }),
    playback: playback.optional().meta({
      description:
        'What plays by open URLs plays by signed ones only from then on, or the other way round. Ask for the URLs anew: this answer has them.',
    }),
  })
  .meta({ id: 'VideoChanges' });
export type VideoChanges = z.output<typeof videoChanges>;

export const changeOperation: Operation = {
  method: 'patch',
  path: '/api/v1/videos/{id}',
  id: 'updateVideo',
  tag: 'Videos',
  summary: 'Changes the title of a video, or whether it plays by open or by signed URLs (JSON merge patch)',
  access: 'videos:write',
  body: videoChanges,
  headers: {
    'If-Match': 'The ETag of the video as the client knows it: nothing is changed where it is another by now.',
  },
  tagged: true,
  answers: { 200: { description: 'The video as it is now.', body: videoSchema } },
  codes: ['VIDEO_STATE_CONFLICT', 'PRECONDITION_FAILED'],
};

/**
 * Gives a video what is asked for, and gives its row as it is then. Rejects with VIDEO_STATE_CONFLICT where it was removed, and where
 * it must be `unchanged` with PRECONDITION_FAILED where somebody else was faster.
 */
export async function changeVideo(
  database: Pick<Database, 'library' | 'videos'>,
  video: VideoRow,
  { title, playback }: VideoChanges,
  { unchanged }: { unchanged: boolean },
): Promise<VideoRow> {
  if (video.status === 'removed') throw removed();
  if (title === undefined && playback === undefined) return video;
  const wanted = { title: title === undefined ? null : title || video.filename, playback: playback ?? null };
  const changed = await database.library.change(video.id, wanted, unchanged ? video : null);
  const now = (await database.videos.find(video.id)) ?? video;
  if (changed) return now;
  if (now.status === 'removed') throw removed();
  throw preconditionFailed();
}

const removed = () => new CatalogueError('VIDEO_STATE_CONFLICT', 'The video was removed.');

export const preconditionFailed = () => new CatalogueError('PRECONDITION_FAILED', 'The video has changed.');
