import type { Response } from 'express';
import type { Database, VideoRow } from '../../database/database.ts';
import { CatalogueError } from '../../errors/catalogue-error.ts';
import { type ScopeAccess, scopesOf } from '../operation.ts';
import { type Caller, callerOf } from './auth.ts';
import { operationOf } from './authorise.ts';

/**
 * A video that its caller may have for what he asks: his creator's own; where the operation takes `operate`, and he has it, anybody's. Another's
 * is NOT_FOUND, as one that never was: ids tell nothing. `caller`: where it is not the one that `authorise` has found.
 */
export async function ownVideo(
  database: Pick<Database, 'videos'>,
  response: Response,
  id: string,
  caller: Caller = callerOf(response),
): Promise<VideoRow> {
  const { access } = operationOf(response);
  const video = /^vid_[0-9a-z]{1,40}$/.test(id) ? await database.videos.find(id) : null;
  if (!video || !mayHave(caller, video, access)) throw new CatalogueError('NOT_FOUND', 'There is no such video.');
  return video;
}

/**
 * Whether a video is a caller's, for an operation of this access. A scope beside those that the operation takes opens nothing: who has
 * `operate` and `videos:write` changes what is his own, and of others does what operators do. Pure.
 */
export function mayHave(
  { creatorId, scopes, onlyVideo }: Pick<Caller, 'creatorId' | 'scopes' | 'onlyVideo'>,
  video: Pick<VideoRow, 'id' | 'creatorId'>,
  access: 'anybody' | ScopeAccess,
): boolean {
  if (onlyVideo !== undefined) return onlyVideo === video.id;
  if (video.creatorId === creatorId) return true;
  return access !== 'anybody' && scopesOf(access).includes('operate') && scopes.includes('operate');
}
