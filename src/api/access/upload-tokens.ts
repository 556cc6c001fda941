import { Router } from 'express';
import type { ApiServices } from '../services.ts';
import { openUpload } from '../uploads/open-upload.ts';
import { type Caller, callerOf } from './auth.ts';
import { ownVideo } from './own-video.ts';
import { signingKey } from './signing-key.ts';
import { longestUploadToken, uploadToken } from './upload-token.ts';
import { uploadTokenBody } from './upload-token-answers.ts';

type Services = Pick<ApiServices, 'database' | 'settings'>;

/** `POST /{id}/upload-token`: what a server hands to a browser, so that it uploads without an API key. */
export function uploadTokenRoutes(services: Services): Router {
  const issue = uploadTokens(services);
  return Router().post('/:id/upload-token', async (request, response) => {
    const { expires_in_seconds } = uploadTokenBody.parse(request.body);
    const caller = callerOf(response);
    const video = await ownVideo(services.database, response, request.params.id);
    openUpload(video);
    response.status(201).json(await issue(caller, video.id, expires_in_seconds));
  });
}

/** Makes upload tokens of a caller's key, for `seconds` or UPLOAD_TOKEN_SECONDS; none is told to be valid longer than the key. */
export function uploadTokens({ database, settings }: Services) {
  const signing = signingKey(settings.secret, 'upload-token');

  return async ({ keyId }: Caller, videoId: string, seconds = settings.uploadTokenSeconds) => {
    const wanted = Date.now() + Math.min(seconds, longestUploadToken) * 1_000;
    const keyEnds = (await database.keys.find(keyId))?.expiresAt?.getTime() ?? Number.POSITIVE_INFINITY;
    // The token says whole seconds.
    const expiresAt = new Date(Math.floor(Math.min(wanted, keyEnds) / 1_000) * 1_000);
    return { token: uploadToken({ videoId, keyId, expiresAt }, signing), expires_at: expiresAt.toISOString() };
  };
}
