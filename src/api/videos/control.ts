import { Router } from 'express';
import { newIdFrom } from '../../ids.ts';
import { jobId } from '../../jobs/define-job.ts';
import { ownVideo } from '../access/own-video.ts';
import { requestSeed } from '../repeats/request-seed.ts';
import type { ApiServices } from '../services.ts';
import { dropUpload } from '../uploads/abort-upload.ts';
import { priorityBody, retryBody } from './control-answers.ts';

/** What a creator does to a video that is there, and an operator: retry, cancel, remove, prioritise. Rows and outbox only; the relay does the rest. */
export function controlRoutes(services: Pick<ApiServices, 'database' | 'storage' | 'log'>): Router {
  const { database } = services;
  return Router()
    .post('/:id/retry', async (request, response) => {
      const { from_step } = retryBody.parse(request.body);
      const { id } = await ownVideo(database, response, request.params.id);
      const { runId, step } = await database.control.retry(id, from_step, newIdFrom(requestSeed(response), 'run'));
      response.status(202).json({
        status: 'retrying',
        retry_from: step,
        job_id: jobId({ videoId: id, runId, name: 'finalize' }), // the last of its jobs
        video_id: id,
      });
    })
    .post('/:id/cancel', async (request, response) => {
      const video = await ownVideo(database, response, request.params.id);
      if ((await database.control.cancel(video.id)) === 'upload') await dropUpload(services, video);
      response.status(202).json({ video_id: video.id, status: 'cancelled' });
    })
    .delete('/:id', async (request, response) => {
      const video = await ownVideo(database, response, request.params.id);
      if ((await database.control.remove(video.id)) === 'upload') await dropUpload(services, video);
      response.status(204).end();
    })
    .post('/:id/priority', async (request, response) => {
      const { priority } = priorityBody.parse(request.body);
      const video = await ownVideo(database, response, request.params.id);
      await database.control.prioritise(video.id, priority);
      response.status(202).json({ video_id: video.id, status: video.status, priority });
    });
}
