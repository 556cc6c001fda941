import express, { type Express } from 'express';
import { isFileStorage } from '../storage/open-storage.ts';
import { requireScope } from './access/auth.ts';
import { apiPath, authorise } from './access/authorise.ts';
import { cors } from './access/cors.ts';
import { keyRoutes } from './access/keys.ts';
import { loginRoutes } from './access/login.ts';
import { signingKey } from './access/signing-key.ts';
import { uploadTokenRoutes } from './access/upload-tokens.ts';
import { errorHandler, routeNotFound } from './http/error-handler.ts';
import { jsonBody } from './http/json-body.ts';
import { problemRoutes } from './http/problem-pages.ts';
import { requestLog } from './http/request-log.ts';
import { timeRequests } from './http/request-times.ts';
import { allowInlineStyles, securityHeaders } from './http/security.ts';
import { createRateLimits } from './limits/rate-limits.ts';
import { eventRoutes } from './live/events.ts';
import { statusRoutes } from './live/status-routes.ts';
import { mediaRoutes } from './media/media.ts';
import { playbackRoutes } from './media/playback-routes.ts';
import { openApiRoutes, operations } from './openapi.ts';
import { idempotency } from './repeats/idempotency.ts';
import { boardPath, boardRoutes } from './service/board.ts';
import { healthRoutes } from './service/health.ts';
import { createRegistry, metricsRoutes } from './service/metrics.ts';
import { pageRoutes } from './service/pages.ts';
import type { ApiServices } from './services.ts';
import { ingestRoutes } from './uploads/ingest.ts';
import { storageRoutes } from './uploads/storage-routes.ts';
import { uploadRoutes } from './uploads/uploads.ts';
import { controlRoutes } from './videos/control.ts';
import { jobRoutes } from './videos/jobs.ts';
import { policyRoutes } from './videos/policies.ts';
import { presetRoutes } from './videos/presets.ts';
import { renditionRoutes } from './videos/renditions.ts';
import { taskRoutes } from './videos/tasks.ts';
import { videoListRoutes } from './videos/video-list.ts';
import { videoRoutes } from './videos/videos.ts';

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
  app.use('/login', limits.address, limits.guard);
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
