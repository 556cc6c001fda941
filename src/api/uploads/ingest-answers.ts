import { z } from 'zod';
import { longestUrl } from '../../ingest/ingest-url.ts';
import type { Operation } from '../operation.ts';
import { videoStatusSchema } from '../videos/video-answers.ts';
import { name, wantedPreset } from './upload-bodies.ts';

export const ingestBody = z.strictObject({
  url: z
    .string()
    .min(1)
    .max(longestUrl)
    .meta({ description: 'http or https, on the public internet; a signed URL is kept only until it is fetched.' }),
  filename: name.optional().meta({ description: 'Default: the last step of the URL’s path.' }),
  title: name.optional(),
  preset: wantedPreset,
});

const ingestedSchema = z.object({ video_id: z.string(), status: videoStatusSchema }).meta({ id: 'IngestedVideo' });

export const ingestOperations: Operation[] = [
  {
    method: 'post',
    path: '/api/v1/videos/ingest',
    id: 'ingestUrl',
    tag: 'Uploads',
    summary: 'Fetches a video from a URL; off unless INGEST_URLS=on',
    access: 'videos:write',
    limit: 'create',
    body: ingestBody.meta({ id: 'NewIngest' }),
    answers: { 202: { description: 'It will be fetched; its status tells how far it is.', body: ingestedSchema } },
    codes: ['INGEST_OFF', 'INGEST_URL_REFUSED', 'PRESET_UNKNOWN'],
  },
];
