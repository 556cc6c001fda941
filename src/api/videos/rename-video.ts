import { z } from 'zod';
import type { Database, VideoRow } from '../../database/database.ts';
import { CatalogueError } from '../../errors/catalogue-error.ts';
import type { Operation } from '../operation.ts';
import { name } from '../uploads/upload-bodies.ts';
import { videoSchema } from './video-answers.ts';

/** A merge patch (RFC 7396) of what its creator may change of a video. A name of a field that is not here is a mistake, and refused. */
export const videoChanges = z
  .strictObject({
    title: name
      .nullable()
      .optional()
      .meta({ description: 'Null or empty: the name of the file again. Left out: as it is.', example: 'Our holidays' }),
  })
  .meta({ id: 'VideoChanges' });
export type VideoChanges = z.output<typeof videoChanges>;

export const renameOperation: Operation = {
  method: 'patch',
  path: '/api/v1/videos/{id}',
  id: 'updateVideo',
  tag: 'Videos',
  summary: 'Changes the title of a video (JSON merge patch)',
  access: 'videos:write',
  body: videoChanges,
  answers: { 200: { description: 'The video as it is now.', body: videoSchema } },
  codes: ['VIDEO_STATE_CONFLICT'],
};

/** Gives a video the title that is asked for; rejects with VIDEO_STATE_CONFLICT where it was removed. Gives its row as it is then. */
export async function changeVideo(database: Database, video: VideoRow, { title }: VideoChanges): Promise<VideoRow> {
  if (title === undefined) return video;
  if (!(await database.library.rename(video.id, title || video.filename))) {
    throw new CatalogueError('VIDEO_STATE_CONFLICT', 'The video was removed.');
  }
  return (await database.videos.find(video.id)) ?? video;
}
