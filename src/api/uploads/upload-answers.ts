import { z } from 'zod';
import { uploadTokenSchema } from '../access/upload-token-answers.ts';
import type { Operation } from '../operation.ts';
import { jobIdExample, videoStatusSchema } from '../videos/video-answers.ts';
import { completeBody, createBody, partsBody } from './upload-bodies.ts';

const bytes = z.int().nonnegative();

export const createdSchema = z
  .object({
    video_id: z.string(),
    upload_url: z.url().meta({ description: 'Signed URL of part 1; a file of one part needs no other.' }),
    upload_id: z.string(),
    max_chunk_size: bytes.meta({ description: 'Bytes of a part; all but the last have this size.' }),
    upload_token: uploadTokenSchema.optional().meta({ description: 'Where it was asked for.' }),
  })
  .meta({ id: 'CreatedUpload' });

export const partUrlsSchema = z
  .object({ parts: z.array(z.object({ part_number: z.int(), url: z.url(), expires_at: z.iso.datetime() })) })
  .meta({ id: 'PartUrls' });

export const arrivedSchema = z
  .object({
    max_chunk_size: bytes,
    parts: z.array(z.object({ part_number: z.int(), etag: z.string(), size_bytes: bytes })),
  })
  .meta({ id: 'ArrivedParts' });

export const completedSchema = z
  .object({
    video_id: z.string(),
    status: videoStatusSchema,
    job_id: z
      .string()
      .meta({ description: 'The last piece of its work, to poll at /api/v1/jobs/{id}.', example: jobIdExample }),
  })
  .meta({ id: 'CompletedUpload' });
export type CompletedBody = z.infer<typeof completedSchema>;

const path = '/api/v1/videos/{id}/upload';
const upload = { tag: 'Uploads', access: 'videos:write', uploadToken: true } as const;

export const uploadOperations: Operation[] = [
  {
    ...upload,
    method: 'post',
    path: '/api/v1/videos/upload',
    id: 'createUpload',
    // There is no video yet that a token could be for.
    uploadToken: undefined,
    limit: 'create',
    summary: 'Begins an upload: a video that waits for its bytes',
    body: createBody.meta({ id: 'NewUpload' }),
    answers: { 201: { description: 'Where the first part goes.', body: createdSchema } },
    codes: ['UPLOAD_TOO_LARGE', 'PRESET_UNKNOWN', 'CONFIG_INVALID'],
  },
  {
    ...upload,
    method: 'post',
    path: `${path}/parts`,
    id: 'signParts',
    limit: 'presign',
    repeatable: true,
    summary: 'Signed URLs of parts, to PUT bytes to',
    body: partsBody.meta({ id: 'WantedParts' }),
    answers: { 200: { description: 'One URL for each.', body: partUrlsSchema } },
    codes: ['UPLOAD_NOT_OPEN', 'CONFIG_INVALID'],
  },
  {
    ...upload,
    method: 'get',
    path: `${path}/parts`,
    id: 'listParts',
    summary: 'The parts that have arrived',
    answers: { 200: { description: 'In ascending order.', body: arrivedSchema } },
    codes: ['UPLOAD_NOT_OPEN', 'CONFIG_INVALID'],
  },
  {
    ...upload,
    method: 'post',
    path: `${path}/complete`,
    id: 'completeUpload',
    summary: 'Joins the parts, checks the file and hands it over; may be sent again',
    body: completeBody.meta({ id: 'Completion' }),
    // 10 000 parts with their ETags.
    bodyBytes: 2 * 2 ** 20,
    answers: { 202: { description: 'The video is on its way.', body: completedSchema } },
    codes: [
      'UPLOAD_NOT_OPEN',
      'UPLOAD_PARTS_INVALID',
      'UPLOAD_SIZE_MISMATCH',
      'UPLOAD_CHECKSUM_MISMATCH',
      'CONFIG_INVALID',
      // What the first and last 64 KiB of a file and its boxes show: all that `sniffSource` may say.
      'INPUT_EMPTY',
      'INPUT_NOT_MEDIA',
      'INPUT_PLAYLIST_REFUSED',
      'INPUT_FORMAT_UNSUPPORTED',
      'INPUT_NO_VIDEO',
      'INPUT_TRUNCATED',
      'INPUT_DAMAGED',
      'INPUT_ENCRYPTED',
      'INPUT_TOO_MANY_STREAMS',
    ],
  },
  {
    ...upload,
    method: 'delete',
    path,
    id: 'abortUpload',
    summary: 'Gives an upload up and removes what has arrived; may be sent again',
    answers: { 204: { description: 'It is gone.' } },
    codes: ['UPLOAD_NOT_OPEN', 'CONFIG_INVALID'],
  },
];
