import { Router } from 'express';
import type { z } from 'zod';
import { CatalogueError } from '../../errors/catalogue-error.ts';
import { ownVideo } from '../access/own-video.ts';
import type { ApiServices } from '../services.ts';
import { playbackUrls } from './playback.ts';
import { playbackBody, type playbackSchema } from './playback-answers.ts';

/** `POST /{id}/playback`: URLs of one video, for a web app that hands them to its viewers. */
export function playbackRoutes({ database, settings }: Pick<ApiServices, 'database' | 'settings'>): Router {
  const { until, expiry } = playbackUrls(settings);
  return Router().post('/:id/playback', async (request, response) => {
    const { expires_in_seconds: seconds } = playbackBody.parse(request.body ?? {});
    const video = await ownVideo(database, response, request.params.id);
    if (video.status === 'removed' || !video.hlsKey) {
      throw new CatalogueError('VIDEO_STATE_CONFLICT', `The video is ${video.status}: there is nothing to play.`);
    }
    const now = new Date();
    const expiresAt = seconds === undefined ? expiry(now) : wholeSecond(now.getTime() + seconds * 1_000);
    const answer: z.infer<typeof playbackSchema> = {
      hls_url: until(video, video.hlsKey, expiresAt),
      dash_url: until(video, video.dashKey, expiresAt),
      poster_url: until(video, video.posterKey, expiresAt),
      thumbnails_url: until(video, video.thumbnailsKey, expiresAt),
      expires_at: video.playback === 'signed' ? expiresAt.toISOString() : null,
    };
    response.json(answer);
  });
}

/** A token knows whole seconds: what is told is what counts. */
const wholeSecond = (ms: number): Date => new Date(Math.ceil(ms / 1_000) * 1_000);
