import { z } from 'zod';
import type { Operation } from '../operation.ts';
import { longestUploadToken } from './upload-token.ts';

/** What clients send to get an upload token. */
export const uploadTokenBody = z
  .strictObject({
    expires_in_seconds: z
      .int()
      .min(1)
      .max(longestUploadToken)
      .optional()
      .meta({ description: 'How long it is valid, s. Default: UPLOAD_TOKEN_SECONDS of the installation.' }),
  })
  .prefault({});

export const uploadTokenSchema = z
  .object({
    token: z.string().meta({ example: 'up_…', description: 'To be sent as `Authorization: Bearer <token>`.' }),
    expires_at: z.iso.datetime(),
  })
  .meta({ id: 'UploadToken' });

export const uploadTokenOperations: Operation[] = [
  {
    method: 'post',
    path: '/api/v1/videos/{id}/upload-token',
    id: 'createUploadToken',
    tag: 'Uploads',
    summary:
      'A token that a browser uploads this one video with: part URLs, complete, abort and status. It ends with its time, and with the key that made it',
    access: 'videos:write',
    limit: 'presign',
    repeatable: true,
    body: uploadTokenBody.meta({ id: 'WantedUploadToken' }),
    answers: { 201: { description: 'The token.', body: uploadTokenSchema } },
    codes: ['UPLOAD_NOT_OPEN'],
  },
];
