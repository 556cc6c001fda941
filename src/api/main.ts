import { type Config, requireSecret } from '../config.ts';
import { startProcess } from '../flows/start-process.ts';
import { createLog } from '../log.ts';
import { openStorage } from '../storage/open-storage.ts';
import { requireStorage } from '../storage/require-storage.ts';
import { corsOrigins } from './access/cors.ts';
import { createApi } from './app.ts';
import { listen } from './http/listen.ts';
import { rateLimitSettings } from './limits/rate-limit-settings.ts';
import { openLiveVideos } from './live/live-videos.ts';
import { openMediaAccess } from './media/media-access.ts';

/** The API process: opens what it needs, serves, says `{url}` to whoever started it, and ends on SIGTERM. */
export async function runApi(config: Config): Promise<void> {
  const log = createLog({ level: config.LOG_LEVEL, name: 'api' });
  await requireStorage(config);
  await startProcess(config, log, async ({ database, queues, closers }) => {
    const server = await listen({
      host: config.API_HOST,
      port: config.API_PORT,
      // A part of an upload may take as long as its URL is valid.
      requestTimeoutMs: config.UPLOAD_URL_SECONDS * 1_000,
      closeTimeoutMs: config.SHUTDOWN_GRACE_MS,
    });
    closers.push('server', () => server.close());
    const publicUrl = (config.PUBLIC_URL ?? server.url).replace(/\/+$/, '');

    const mediaAccess = await openMediaAccess(database.playback);
    closers.push('media access', () => mediaAccess.close());
    // Closed before the server: who waits is answered, not waited for.
    const live = await openLiveVideos({
      database,
      log,
      limits: { perKey: config.RATE_LIMIT_OPEN, all: config.RATE_LIMIT_OPEN_ALL },
    });
    closers.push('live videos', () => live.close());
    const storage = await openStorage({ ...config, PUBLIC_URL: publicUrl });
    const settings = {
      publicUrl,
      mediaUrl: config.MEDIA_URL?.replace(/\/+$/, '') ?? `${publicUrl}/media`,
      playbackUrlSeconds: config.PLAYBACK_URL_SECONDS,
      secret: requireSecret(config),
      trustedProxies: config.TRUSTED_PROXIES,
      rateLimits: rateLimitSettings(config),
      corsOrigins: corsOrigins(config.API_CORS_ORIGINS),
      uploadTokenSeconds: config.UPLOAD_TOKEN_SECONDS,
      bodyTimeoutMs: 30_000,
      uploadUrlSeconds: config.UPLOAD_URL_SECONDS,
      maxUploadBytes: config.MAX_UPLOAD_BYTES,
      ingest: config.INGEST_URLS === 'on' ? { allowedNetworks: config.INGEST_NETWORKS } : null,
      readinessMs: 5_000,
      audioOnly: config.AUDIO_ONLY,
      sandbox: config.REELMILL_SANDBOX,
    };
    server.serve(createApi({ database, storage, queues, mediaAccess, live, settings, log }));
    return { url: publicUrl };
  });
}
