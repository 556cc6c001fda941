import { z } from 'zod';
import { videoStatuses } from '../../database/video-state.ts';
import { hints } from '../http/problem.ts';
import { waitingGet } from '../live/status-answers.ts';
import type { Operation } from '../operation.ts';

const videoId = z.string().meta({ example: 'vid_01jd2m6w5k8x9y0z1a2b3c4d5e' });
export const videoStatusSchema = z
  .enum(videoStatuses)
  .meta({ id: 'VideoStatus', description: 'The last five are final.' });
export const jobIdExample = 'vid_01jd2m6w5k8x9y0z1a2b3c4d5e.run_01jd2m6w5k8x9y0z1a2b3c4d5f.finalize';
export const time = z.iso.datetime().meta({ description: 'RFC 3339, UTC.' });
const url = z
  .string()
  .nullable()
  .meta({ description: 'Absolute; null until the video is ready, and once it was removed.' });
const stepState = z.enum(['pending', 'running', 'completed', 'failed', 'skipped']).meta({ id: 'StepState' });
export const playback = z.enum(['public', 'signed']);
export type StepState = z.infer<typeof stepState>;

const transcode = z.object({
  completed: z.int().meta({ description: 'Encode tasks: segment x codec x rung group.' }),
  total: z.int().meta({ description: '0 until the plan is made, and of sound alone.' }),
  percent: z.int().min(0).max(100).meta({
    description:
      'How far the encodes are, by their frames; of sound alone, how far the sound is. Rounded down; 100 only once the video is ready.',
  }),
});
export type TranscodeProgress = z.infer<typeof transcode>;

const finding = z.object({ code: z.string(), detail: z.string() });

/** Why a video failed. `code` is a plain string: a row may be older or newer than this build. */
export const videoError = z
  .object({
    code: z.string().meta({ description: 'A code of the catalogue.', example: 'INPUT_TRUNCATED' }),
    detail: z.string().meta({ description: 'What was found, and where.' }),
    ...hints,
    retryable: z.boolean().meta({ description: 'True only where the same file can succeed later, unchanged.' }),
  })
  .meta({ id: 'VideoError' });

/** What `GET /api/v1/videos/{id}` answers. */
export const videoSchema = z
  .object({
    video_id: videoId,
    creator_id: z.string().meta({ description: 'Whose it is: of the key that made it.' }),
    title: z.string(),
    filename: z.string(),
    content_type: z.string().meta({ description: 'As it was declared.', example: 'video/mp4' }),
    file_size_bytes: z.int().meta({ description: 'Of the file that was uploaded: declared, then as it is stored.' }),
    status: videoStatusSchema,
    playable: z.boolean(),
    preset: z.string().meta({ description: 'What is made of it.', example: 'standard' }),
    priority: z.enum(['low', 'normal', 'high', 'urgent']),
    playback: playback.meta({ description: 'Whether its URLs play for ever, or are signed and end after a while.' }),
    format: z.string().nullable().meta({ description: 'Of the file that was uploaded.', example: 'matroska,webm' }),
    duration_seconds: z.number().nullable(),
    width: z.int().nullable(),
    height: z.int().nullable(),
    codec: z.string().nullable().meta({ description: 'Of the picture that was uploaded.' }),
    bitrate_kbps: z.int().nullable().meta({ description: 'Of the file that was uploaded, kbit/s.' }),
    hls_url: url,
    dash_url: url,
    poster_url: url,
    thumbnails_url: url,
    warnings: z.array(finding).meta({ description: 'What was found in the file, and what was done about it.' }),
    error: videoError.nullable(),
    created_at: time,
    uploaded_at: time.nullable(),
    started_at: time.nullable(),
    completed_at: time.nullable(),
  })
  .meta({ id: 'Video' });
export type VideoBody = z.infer<typeof videoSchema>;

/** What `GET /api/v1/videos/{id}/status` answers. */
export const statusSchema = z
  .object({
    video_id: videoId,
    status: videoStatusSchema,
    pipeline_progress: z.object({
      percent: z.int().min(0).max(100).meta({
        description:
          'How far the video is: all its steps, each by its share of the work. Rounded down; never falls, but where a retry makes something anew. 100 only once the video is ready.',
      }),
      probe: stepState,
      split: stepState,
      transcode,
      package: stepState,
      thumbnails: stepState,
      moderation: stepState,
      drm: stepState,
    }),
    estimated_completion: time.nullable().meta({
      description:
        'RFC 3339, UTC; by what has been made since `started_at`. Null while that is too little to tell, while it waits, and once it is final.',
    }),
    waiting: z
      .object({
        code: z
          .string()
          .meta({ description: 'SERVICE_UNAVAILABLE or CONFIG_INVALID.', example: 'SERVICE_UNAVAILABLE' }),
        since: time,
      })
      .nullable()
      .meta({
        description:
          'All its open work waits for a service, such as the storage, that is away or refuses this installation. It goes on by itself once that is mended. Null while it gets on.',
      }),
    error: videoError.nullable().meta({ description: 'Why it failed, without `operator_hint`; else null.' }),
    started_at: time.nullable(),
  })
  .meta({ id: 'VideoProgress' });
export type StatusBody = z.infer<typeof statusSchema>;

export const videoOperations: Operation[] = [
  {
    method: 'get',
    path: '/api/v1/videos/{id}',
    id: 'getVideo',
    tag: 'Videos',
    summary: 'A video: what it is, where it plays, or why it failed',
    access: ['videos:read', 'operate'],
    headers: waitingGet.headers,
    answers: { 200: { description: 'The video.', body: videoSchema }, ...waitingGet.unchanged },
    codes: waitingGet.codes,
    waits: waitingGet.waits,
  },
  {
    method: 'get',
    path: '/api/v1/videos/{id}/status',
    id: 'getVideoStatus',
    tag: 'Videos',
    summary: 'How far a video is',
    access: ['videos:read', 'operate'],
    uploadToken: true,
    headers: waitingGet.headers,
    answers: { 200: { description: 'Its steps.', body: statusSchema }, ...waitingGet.unchanged },
    codes: waitingGet.codes,
    waits: waitingGet.waits,
  },
];
