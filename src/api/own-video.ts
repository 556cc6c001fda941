import type { ApiKeyOwner, Database, VideoRow } from '../database/database.ts';
import { CatalogueError } from '../errors/catalogue-error.ts';

/** A creator's own video. Another's is NOT_FOUND, as one that never was: ids tell nothing. */
export async function ownVideo(database: Database, owner: ApiKeyOwner, id: string): Promise<VideoRow> {
  const video = /^vid_[0-9a-z]{1,40}$/.test(id) ? await database.videos.find(id) : null;
  if (video?.creatorId !== owner.creatorId) throw new CatalogueError('NOT_FOUND', 'There is no such video.');
  return video;
}
