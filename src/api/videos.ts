import { Router } from 'express';
import { callerOf } from './auth.ts';
import { ownVideo } from './own-video.ts';
import { createProgressMemory } from './progress-memory.ts';
import type { ApiServices } from './services.ts';
import { videoStatus } from './status.ts';
import { videoBody } from './video-body.ts';

/** `GET /{id}` and `GET /{id}/status` of a creator's own videos. */
export function videoRoutes({ database, settings }: ApiServices): Router {
  const shown = createProgressMemory();
  return Router()
    .get('/:id', async (request, response) => {
      const video = await ownVideo(database, callerOf(response), request.params.id);
      response.json(videoBody(video, settings.publicUrl));
    })
    .get('/:id/status', async (request, response) => {
      const video = await ownVideo(database, callerOf(response), request.params.id);
      const tasks = video.runId ? await database.videos.tasks(video.runId) : [];
      const body = videoStatus(video, tasks, new Date(), shown.get(video.id));
      shown.set(video.id, body.pipeline_progress.transcode);
      response.json(body);
    });
}
