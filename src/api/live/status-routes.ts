import { Router } from 'express';
import { ownVideo } from '../access/own-video.ts';
import type { ApiServices } from '../services.ts';
import { answerOrWait } from './conditional-wait.ts';
import { statusOf } from './status.ts';

/** `GET /{id}/status`: how far a video is. */
export function statusRoutes({ database, live }: ApiServices): Router {
  return Router().get('/:id/status', async (request, response) => {
    const video = await ownVideo(database, response, request.params.id);
    await answerOrWait({ request, response, live }, video.id, {
      now: async () => statusOf({ video, work: await database.work(video.id) }, new Date()),
      of: (state) => statusOf(state, new Date()),
    });
  });
}
