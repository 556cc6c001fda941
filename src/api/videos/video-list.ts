import { Router } from 'express';
import { z } from 'zod';
import type { VideoRow } from '../../database/database.ts';
import type { VideoFilter, VideoPlace } from '../../database/library.ts';
import { videoStatuses } from '../../database/video-state.ts';
import { CatalogueError } from '../../errors/catalogue-error.ts';
import { type Caller, callerOf } from '../access/auth.ts';
import { signingKey } from '../access/signing-key.ts';
import { pageCursor, readCursor } from '../http/page-cursor.ts';
import { linkNext, onePage, pageAnswer, pageQuery } from '../http/paging.ts';
import { readQuery, someOf } from '../http/read-query.ts';
import type { Operation } from '../operation.ts';
import type { ApiServices } from '../services.ts';
import { videoSchema } from './video-answers.ts';
import { videoBodies } from './video-body.ts';

const moment = z.iso
  .datetime({ offset: true, error: 'must be a time of RFC 3339 such as 2026-01-31T12:00:00Z (write + as %2B)' })
  .transform((text) => new Date(text))
  .optional();

export const videoListQuery = z.strictObject({
  ...pageQuery,
  state: someOf(videoStatuses).meta({
    description: 'Only videos in one of these states, comma separated. Without it: all but removed ones.',
  }),
  creator: z
    .string()
    .min(1)
    .max(255)
    .regex(/^[^\0]+$/, 'must be the id of a creator')
    .optional()
    .meta({ description: 'Only this creator’s; another than one’s own asks for the scope operate.' }),
  created_after: moment.meta({ description: 'Only videos made at this time or later.' }),
  created_before: moment.meta({ description: 'Only videos made before this time.' }),
});

const videoListSchema = z.object({ videos: z.array(videoSchema), ...pageAnswer }).meta({ id: 'VideoList' });

export const videoListOperation: Operation = {
  method: 'get',
  path: '/api/v1/videos',
  id: 'listVideos',
  tag: 'Videos',
  summary: 'Videos, newest first, in pages: a creator’s own; with the scope operate everybody’s',
  access: ['videos:read', 'operate'],
  query: videoListQuery,
  answers: { 200: { description: 'A page of them.', body: videoListSchema } },
};

/** `GET /`: what of the videos a caller may see, page by page. */
export function videoListRoutes({ database, settings }: ApiServices): Router {
  const key = signingKey(settings.secret, 'cursor');
  const bodyOf = videoBodies(settings);
  return Router().get('/', async (request, response) => {
    const query = readQuery(videoListQuery, request.query);
    const filter = videoFilter(query, callerOf(response));
    const list = ['videos', filter];
    const behind = query.cursor === undefined ? null : placeOf(readCursor(query.cursor, list, key));
    const found = await database.videos.list(filter, { behind, most: query.limit + 1 });
    const { rows, last } = onePage(found, query.limit);
    const next_cursor = last && pageCursor([last.createdAt.toISOString(), last.id], list, key);
    linkNext(request, response, settings.publicUrl, next_cursor);
    response.json({ videos: rows.map((video: VideoRow) => bodyOf(video, callerOf(response))), next_cursor });
  });
}

/** Whose videos, and which of them, a query asks for. Throws FORBIDDEN where it names a creator that is not the caller's to see. Pure. */
export function videoFilter(
  { state, creator, created_after, created_before }: Omit<z.output<typeof videoListQuery>, 'limit' | 'cursor'>,
  { creatorId, scopes }: Pick<Caller, 'creatorId' | 'scopes'>,
): VideoFilter {
  const seesAll = scopes.includes('operate');
  if (creator !== undefined && creator !== creatorId && !seesAll) {
    throw new CatalogueError('FORBIDDEN', 'The videos of another creator ask for the scope operate.');
  }
  return {
    creatorId: creator ?? (seesAll ? null : creatorId),
    states: state ?? null,
    from: created_after ?? null,
    before: created_before ?? null,
  };
}

const placeOf = ([createdAt = '', id = '']: string[]): VideoPlace => ({ createdAt: new Date(createdAt), id });
