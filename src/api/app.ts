import express, { type Express } from 'express';
import { isFileStorage } from '../storage/open-storage.ts';
import { requireScope } from './auth.ts';
import { apiPath, authorise } from './authorise.ts';
import { boardPath, boardRoutes } from './board.ts';
import { controlRoutes } from './control.ts';
import { cors } from './cors.ts';
import { errorHandler, routeNotFound } from './error-handler.ts';
import { eventRoutes } from './events.ts';
import { healthRoutes } from './health.ts';
import { idempotency } from './idempotency.ts';
import { ingestRoutes } from './ingest.ts';
import { jobRoutes } from './jobs.ts';
import { jsonBody } from './json-body.ts';
import { keyRoutes } from './keys.ts';
import { loginRoutes } from './login.ts';
import { mediaRoutes } from './media.ts';
import { createRegistry, metricsRoutes } from './metrics.ts';
import { openApiRoutes, operations } from './openapi.ts';
import { pageRoutes } from './pages.ts';
import { playbackRoutes } from './playback-routes.ts';
import { policyRoutes } from './policies.ts';
import { presetRoutes } from './presets.ts';
import { problemRoutes } from './problem-pages.ts';
import { createRateLimits } from './rate-limits.ts';
import { renditionRoutes } from './renditions.ts';
import { requestLog } from './request-log.ts';
import { timeRequests } from './request-times.ts';
import { allowInlineStyles, securityHeaders } from './security.ts';
import type { ApiServices } from './services.ts';
import { signingKey } from './signing-key.ts';
import { statusRoutes } from './status-routes.ts';
import { storageRoutes } from './storage-routes.ts';
import { taskRoutes } from './tasks.ts';
import { uploadTokenRoutes } from './upload-tokens.ts';
import { uploadRoutes } from './uploads.ts';
import { videoListRoutes } from './video-list.ts';
import { videoRoutes } from './videos.ts';

/** The whole HTTP face of the product, wired and not listening. */
export function createApi(services: ApiServices): Express {
  const { database, storage, queues, settings, log } = services;
  const app = express().disable('x-powered-by').set('etag', false).set('query parser', 'simple');

  if (settings.trustedProxies.length > 0) app.set('trust proxy', settings.trustedProxies);
  const limits = createRateLimits(database.rateLimits, settings.rateLimits);
  const registry = createRegistry();
  app.use(requestLog(log), timeRequests(registry), securityHeaders(settings));
  // Whoever guesses keys may do it here as little as at the API itself.
  app.use(['/metrics', boardPath], limits.guard);
  app.use(
    healthRoutes(services),
    metricsRoutes({ ...services, registry }),
    openApiRoutes(settings),
    problemRoutes(),
    pageRoutes(),
    mediaRoutes({ storage, access: services.mediaAccess, key: signingKey(settings.secret, 'playback') }),
    // S3 serves its signed URLs itself.
    ...(isFileStorage(storage) ? [storageRoutes(storage)] : []),
  );
  app.use(loginRoutes(services));
  app.use(boardPath, requireScope(services, 'operate'), allowInlineStyles, boardRoutes({ queues, database }));

  const api = express
    .Router()
    .use(cors(settings.corsOrigins))
    .use((_request, response, next) => {
      response.set('cache-control', 'no-store');
      next();
    })
    .use(limits.address, limits.guard, authorise(services, operations), limits.key)
    .use(jsonBody(settings), idempotency(database.idempotency, settings.secret))
    .use('/jobs', jobRoutes(services))
    .use('/presets', presetRoutes(services))
    .use('/policies', policyRoutes(services))
    .use('/keys', keyRoutes(services))
    .use(
      '/videos',
      uploadTokenRoutes(services),
      uploadRoutes(services),
      ingestRoutes(services),
      videoListRoutes(services),
      videoRoutes(services),
      playbackRoutes(services),
      renditionRoutes(services),
      taskRoutes(services),
      controlRoutes(services),
      statusRoutes(services),
      eventRoutes(services),
    );
  app.use(apiPath, api);

  return app.use(routeNotFound, limits.countFailures, errorHandler);
}
