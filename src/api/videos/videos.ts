import { Router } from 'express';
import type { VideoRow } from '../../database/database.ts';
import { type Caller, callerOf } from '../access/auth.ts';
import { ownVideo } from '../access/own-video.ts';
import { mayChange, versionTag } from '../live/conditional.ts';
import { answerOrWait } from '../live/conditional-wait.ts';
import type { ApiServices } from '../services.ts';
import { changeVideo, preconditionFailed, videoChanges } from './change-video.ts';
import { videoBodies } from './video-body.ts';

/** `GET /{id}` and `PATCH /{id}` of a creator's own videos. */
export function videoRoutes({ database, live, settings }: ApiServices): Router {
  const bodyOf = videoBodies(settings);
  const represent = (video: VideoRow, caller: Caller) => {
    const body = bodyOf(video, caller);
    return { body, etag: versionTag({ ...body, ...keysOf(video) }, body) };
  };
  return Router()
    .get('/:id', async (request, response) => {
      const caller = callerOf(response);
      const video = await ownVideo(database, response, request.params.id);
      await answerOrWait({ request, response, live }, video.id, {
        now: async () => represent(video, caller),
        of: (state) => represent(state.video, caller),
      });
    })
    .patch('/:id', async (request, response) => {
      const changes = videoChanges.parse(request.body);
      const caller = callerOf(response);
      const video = await ownVideo(database, response, request.params.id);
      const condition = request.get('if-match');
      if (!mayChange(condition, represent(video, caller).etag)) throw preconditionFailed();
      const unchanged = condition !== undefined && condition.trim() !== '*';
      const { body, etag } = represent(await changeVideo(database, video, changes, { unchanged }), caller);
      response.set('etag', etag).json(body);
    });
}

/** What stands behind the URLs of a video: these are signed anew with time, and nobody has changed it. Pure. */
const keysOf = ({ hlsKey, dashKey, posterKey, thumbnailsKey }: VideoRow) => ({
  ...{ hls_url: hlsKey, dash_url: dashKey, poster_url: posterKey, thumbnails_url: thumbnailsKey },
});
