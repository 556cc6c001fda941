import { z } from 'zod';
import type { Operation } from '../operation.ts';

/** As S3 bounds its signed URLs. */
const mostSeconds = 7 * 24 * 3_600;

export const playbackBody = z.strictObject({
  expires_in_seconds: z.int().min(1).max(mostSeconds).optional().meta({
    description:
      'How long the URLs are to be valid. Without it: PLAYBACK_URL_SECONDS at least, and within an hour the same URLs for all who ask, which is what caches like.',
  }),
});

const url = z.url().nullable();

export const playbackSchema = z
  .object({
    hls_url: url.meta({ description: 'The master playlist; what it names carries the same signature.' }),
    dash_url: url,
    poster_url: url.meta({ description: 'Null of sound alone.' }),
    thumbnails_url: url.meta({ description: 'WebVTT with the pictures of the time line; null of sound alone.' }),
    expires_at: z.iso
      .datetime()
      .nullable()
      .meta({ description: 'Nothing is fetched by these URLs from then on; null of a public video, whose URLs stay.' }),
  })
  .meta({ id: 'Playback' });

export const playbackOperations: Operation[] = [
  {
    method: 'post',
    path: '/api/v1/videos/{id}/playback',
    id: 'createPlayback',
    tag: 'Playback',
    summary: 'URLs for one viewer: to be handed to a page that has no key',
    access: 'videos:read',
    limit: 'read',
    repeatable: true,
    body: playbackBody.meta({ id: 'NewPlayback' }),
    answers: { 200: { description: 'Where it plays, and for how long.', body: playbackSchema } },
    codes: ['VIDEO_STATE_CONFLICT'],
  },
];
