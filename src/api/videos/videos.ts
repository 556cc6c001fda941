import { Router } from 'express';
import type { VideoRow } from '../../database/database.ts';
import { callerOf } from '../access/auth.ts';
import { ownVideo } from '../access/own-video.ts';
import { strongTag } from '../live/conditional.ts';
import { answerOrWait } from '../live/conditional-wait.ts';
import type { ApiServices } from '../services.ts';
import { changeVideo, videoChanges } from './rename-video.ts';
import { videoBodies } from './video-body.ts';

/** `GET /{id}` and `PATCH /{id}` of a creator's own videos. */
export function videoRoutes({ database, live, settings }: ApiServices): Router {
  const bodyOf = videoBodies(settings);
  return Router()
    .get('/:id', async (request, response) => {
      const video = await ownVideo(database, callerOf(response), request.params.id);
      const represent = (now: VideoRow) => {
        const body = bodyOf(now);
        return { body, etag: strongTag(body) };
      };
      await answerOrWait({ request, response, live }, video.id, {
        now: async () => represent(video),
        of: (state) => represent(state.video),
      });
    })
    .patch('/:id', async (request, response) => {
      const changes = videoChanges.parse(request.body);
      const video = await ownVideo(database, callerOf(response), request.params.id);
      response.json(bodyOf(await changeVideo(database, video, changes)));
    });
}
