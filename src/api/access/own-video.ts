import type { Database, VideoRow } from '../../database/database.ts';
import { CatalogueError } from '../../errors/catalogue-error.ts';
import type { Caller } from './auth.ts';

/** A video that its caller may see: his creator's own, for `operate` anybody's. Another's is NOT_FOUND, as one that never was: ids tell nothing. */
export async function ownVideo(database: Database, caller: Caller, id: string): Promise<VideoRow> {
  const video = /^vid_[0-9a-z]{1,40}$/.test(id) ? await database.videos.find(id) : null;
  if (!video || !maySee(caller, video)) throw new CatalogueError('NOT_FOUND', 'There is no such video.');
  return video;
}

function maySee({ creatorId, scopes, onlyVideo }: Caller, video: VideoRow): boolean {
  if (onlyVideo !== undefined) return onlyVideo === video.id;
  return video.creatorId === creatorId || scopes.includes('operate');
}
