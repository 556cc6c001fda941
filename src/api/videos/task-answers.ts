import { z } from 'zod';
import { runStatuses, storedTaskTypes } from '../../database/library.ts';
import { taskStatuses } from '../../database/task-statuses.ts';
import { pageAnswer, pageQuery } from '../http/paging.ts';
import { someOf } from '../http/read-query.ts';
import type { Operation } from '../operation.ts';
import { jobIdExample, time, videoError } from './video-answers.ts';

const taskType = z.enum(storedTaskTypes).meta({ id: 'TaskType' });
const progress = z.number().min(0).max(1).meta({ description: '0 to 1.' });
const attempts = z
  .int()
  .meta({ description: 'How often a worker has taken it; 0 too where an earlier run had made the same.' });
const jobId = z.string().meta({ description: 'To ask for it at /api/v1/jobs/{id}.', example: jobIdExample });

const taskSchema = z
  .object({
    name: z.string().meta({ description: 'Unique in its run.', example: 'encode.h264.0001.all' }),
    job_id: jobId,
    type: taskType,
    status: z.enum(taskStatuses).meta({ id: 'TaskStatus' }),
    resolution: z.string().nullable().meta({ description: 'Of an encode: the sizes that it makes, comma separated.' }),
    codec: z.string().nullable(),
    segment_index: z.int().nullable().meta({ description: 'Of an encode: which piece of the video, from 0.' }),
    progress,
    attempts,
    retry_count: z.int().meta({ description: 'How many attempts ended in an error and were followed by another.' }),
    worker: z.string().nullable().meta({ description: 'The id of the worker that took it last.' }),
    started_at: time.nullable(),
    completed_at: time.nullable(),
    duration_ms: z.int().nullable().meta({ description: 'Of the attempt that made it.' }),
    error: videoError.nullable(),
  })
  .meta({ id: 'Task' });
export type TaskBody = z.infer<typeof taskSchema>;

export const taskListSchema = z
  .object({ video_id: z.string(), run_id: z.string().nullable(), tasks: z.array(taskSchema), ...pageAnswer })
  .meta({ id: 'TaskList' });

export const taskListQuery = z.strictObject({
  ...pageQuery,
  run: z
    .string()
    .regex(/^(run_[0-9a-z]{1,40}|[0-9]{1,9})$/, 'must be the id or the number of a run')
    .optional()
    .meta({ description: 'The id or the number of a run. Without it: the current one.' }),
  status: someOf(taskStatuses).meta({ description: 'Only tasks in one of these states, comma separated.' }),
  type: someOf(storedTaskTypes).meta({ description: 'Only tasks of one of these types, comma separated.' }),
});

const runSchema = z
  .object({
    run_id: z.string(),
    number: z.int().meta({ description: 'From 1.' }),
    reason: z.string().meta({ description: 'Why it was begun.', example: 'uploaded' }),
    status: z.enum(runStatuses).meta({ id: 'RunStatus', description: 'Superseded: a newer run took its place.' }),
    current: z.boolean().meta({ description: 'Whether it is the one that counts.' }),
    created_at: time,
    finished_at: time.nullable(),
  })
  .meta({ id: 'Run' });
export type RunBody = z.infer<typeof runSchema>;

export const runListSchema = z.object({ video_id: z.string(), runs: z.array(runSchema) }).meta({ id: 'RunList' });

export const jobStatuses = [...taskStatuses, 'cancelled', 'superseded'] as const;
const queueStates = [
  'waiting',
  'prioritized',
  'active',
  'delayed',
  'waiting-children',
  'completed',
  'failed',
  'unknown',
] as const;

export const jobSchema = z
  .object({
    job_id: jobId,
    video_id: z.string(),
    run_id: z.string(),
    task: z.string().meta({ description: 'Its name in its run.', example: 'finalize' }),
    type: taskType,
    status: z.enum(jobStatuses).meta({
      id: 'JobStatus',
      description:
        'Completed, failed, cancelled and superseded are final. Failed: also where another task of its run has failed, so that this one is not made. Superseded: a newer run took the place of its run; see `replaced_by`.',
    }),
    replaced_by: z.string().nullable().meta({ description: 'Where it is superseded: the job to poll now.' }),
    queue_state: z.enum(queueStates).nullable().meta({
      id: 'QueueState',
      description:
        'What the queue says of it: a hint, the rest is the truth. Unknown: it is not in the queue (any more); null: the queue has not answered.',
    }),
    attempts,
    progress,
    error: videoError.nullable(),
    created_at: time,
    started_at: time.nullable(),
    completed_at: time.nullable(),
  })
  .meta({ id: 'Job' });
export type JobBody = z.infer<typeof jobSchema>;

const read = { method: 'get', tag: 'Videos', access: ['videos:read', 'operate'] } as const;

export const taskOperations: Operation[] = [
  {
    ...read,
    path: '/api/v1/videos/{id}/tasks',
    id: 'listTasks',
    summary: 'The tasks of a run of a video, in pages',
    query: taskListQuery,
    answers: { 200: { description: 'In the order in which they were planned.', body: taskListSchema } },
  },
  {
    ...read,
    path: '/api/v1/videos/{id}/runs',
    id: 'listRuns',
    summary: 'The runs of a video: each execution of a plan',
    answers: { 200: { description: 'The newest first.', body: runListSchema } },
  },
  {
    ...read,
    path: '/api/v1/jobs/{id}',
    id: 'getJob',
    summary: 'The state of any queued work',
    parameters: { id: 'The id of a job, as an answer 202 or a list of tasks names it: `<video>.<run>.<task>`.' },
    answers: { 200: { description: 'Where it stands.', body: jobSchema } },
  },
];
