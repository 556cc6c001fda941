import { Router } from 'express';
import { CatalogueError } from '../../errors/catalogue-error.ts';
import { newIdFrom } from '../../ids.ts';
import { ingestUrl, nameInUrl } from '../../ingest/ingest-url.ts';
import { originalKey } from '../../storage/keys.ts';
import { displayName } from '../../words/display-name.ts';
import { callerOf } from '../access/auth.ts';
import { requestSeed } from '../repeats/request-seed.ts';
import type { ApiServices } from '../services.ts';
import { ingestBody } from './ingest-answers.ts';
import { priorityOf } from './priority.ts';

/** `POST /ingest`: a video that the relay fetches from a URL. Nothing is asked of that URL here: an answer never waits for another server. */
export function ingestRoutes({ database, settings }: ApiServices): Router {
  return Router().post('/ingest', async (request, response) => {
    const body = ingestBody.parse(request.body);
    if (!settings.ingest) throw new CatalogueError('INGEST_OFF', 'This installation fetches no videos from URLs.');
    const caller = callerOf(response);
    const url = ingestUrl(body.url, settings.ingest.allowedNetworks);
    const filename = body.filename || displayName(nameInUrl(url)) || 'unnamed';
    const id = newIdFrom(requestSeed(response), 'vid');
    const video = await database.videos.create({
      ...{ id, creatorId: caller.creatorId, title: body.title || filename, filename },
      ...{ contentType: 'application/octet-stream', originalKey: originalKey(id, filename), uploadId: null },
      ...{ partSize: 0, fileSize: 0, priority: priorityOf(caller.plan), preset: body.preset },
      policy: await database.presets.choose(body.preset, caller.plan),
      sourceUrl: url.href,
    });
    response.status(202).location(`/api/v1/videos/${id}/status`).json({ video_id: id, status: video.status });
  });
}
