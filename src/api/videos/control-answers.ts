import { z } from 'zod';
import { priorities } from '../../database/priorities.ts';
import { retrySteps } from '../../database/retry-step.ts';
import { videoStatuses } from '../../database/video-state.ts';
import type { Operation } from '../operation.ts';

const path = '/api/v1/videos/{id}';
const control = { tag: 'Videos', access: ['videos:write', 'operate'] } as const;
const retryStep = z.enum(retrySteps).meta({ id: 'RetryStep' });
const priority = z.enum(priorities);

/** A body that need not be sent. */
export const retryBody = z
  .strictObject({
    from_step: retryStep.optional().meta({
      description:
        'Is made anew, with all that is made of it; the rest is kept. Default: whatever is not done yet, and nothing else.',
    }),
  })
  .default({});

export const retriedSchema = z
  .object({
    status: z.literal('retrying'),
    retry_from: retryStep.meta({ description: 'As asked; else the step that failed, or that was not done.' }),
    job_id: z.string().meta({ description: 'Of the work that was queued: see `GET /api/v1/jobs/{id}`.' }),
    video_id: z.string(),
  })
  .meta({ id: 'Retried' });

export const cancelledSchema = z
  .object({ video_id: z.string(), status: z.literal('cancelled') })
  .meta({ id: 'Cancelled' });

export const priorityBody = z.strictObject({ priority });

export const prioritisedSchema = z
  .object({ video_id: z.string(), status: z.enum(videoStatuses).meta({ id: 'VideoStatus' }), priority })
  .meta({ id: 'Prioritised' });

export const controlOperations: Operation[] = [
  {
    ...control,
    method: 'post',
    path: `${path}/retry`,
    id: 'retryVideo',
    summary: 'Works on a video again that has failed or was cancelled, from a step',
    body: retryBody.meta({ id: 'Retry' }),
    answers: { 202: { description: 'A new run is on its way.', body: retriedSchema } },
    codes: ['VIDEO_STATE_CONFLICT'],
  },
  {
    ...control,
    method: 'post',
    path: `${path}/cancel`,
    id: 'cancelVideo',
    summary: 'Ends the work on a video, or its upload; may be sent again',
    answers: { 202: { description: 'It is cancelled; what runs ends within seconds.', body: cancelledSchema } },
    codes: ['VIDEO_STATE_CONFLICT'],
  },
  {
    ...control,
    method: 'delete',
    path,
    id: 'removeVideo',
    access: 'videos:write',
    summary: 'Removes a video: work on it ends, playback ends, its original stays; may be sent again',
    answers: { 204: { description: 'It is removed.' } },
  },
  {
    ...control,
    method: 'post',
    path: `${path}/priority`,
    id: 'prioritiseVideo',
    access: 'operate',
    summary: 'Gives the work on a video another priority',
    body: priorityBody.meta({ id: 'WantedPriority' }),
    answers: { 202: { description: 'Its jobs that wait are moved.', body: prioritisedSchema } },
    codes: ['VIDEO_STATE_CONFLICT'],
  },
];
