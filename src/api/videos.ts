import { Router } from 'express';
import { callerOf } from './auth.ts';
import { ownVideo } from './own-video.ts';
import { createProgressMemory } from './progress-memory.ts';
import { changeVideo, videoChanges } from './rename-video.ts';
import type { ApiServices } from './services.ts';
import { videoStatus } from './status.ts';
import { videoBodies } from './video-body.ts';

/** `GET /{id}`, `PATCH /{id}` and `GET /{id}/status` of a creator's own videos. */
export function videoRoutes({ database, settings }: ApiServices): Router {
  const shown = createProgressMemory();
  const bodyOf = videoBodies(settings);
  return Router()
    .get('/:id', async (request, response) => {
      const video = await ownVideo(database, callerOf(response), request.params.id);
      response.json(bodyOf(video));
    })
    .patch('/:id', async (request, response) => {
      const changes = videoChanges.parse(request.body);
      const video = await ownVideo(database, callerOf(response), request.params.id);
      response.json(bodyOf(await changeVideo(database, video, changes)));
    })
    .get('/:id/status', async (request, response) => {
      const video = await ownVideo(database, callerOf(response), request.params.id);
      const tasks = video.runId ? await database.videos.tasks(video.runId) : [];
      const body = videoStatus(video, tasks, new Date(), shown.get(video.id));
      shown.set(video.id, body.pipeline_progress.transcode);
      response.json(body);
    });
}
