import type { Config } from '../config.ts';
import type { Database } from '../database/database.ts';
import type { Logger } from '../log.ts';
import type { Policy } from '../plan/policy.ts';
import type { Storage } from '../storage/storage.ts';
import type { CorsOrigins } from './access/cors.ts';
import type { RateLimitSettings } from './limits/rate-limit-settings.ts';
import type { LiveVideos } from './live/live-videos.ts';
import type { MediaAccess } from './media/media-access.ts';
import type { BoardQueues } from './service/board.ts';

/** What the API is given by its `main.ts`. */
export interface ApiServices {
  database: Database;
  storage: Storage;
  queues: BoardQueues;
  /** Who may fetch what of /media. */
  mediaAccess: MediaAccess;
  /** What waits for videos to change. */
  live: LiveVideos;
  settings: ApiSettings;
  log: Logger;
}

export interface ApiSettings {
  /** What clients call the API, without a slash at the end. */
  publicUrl: string;
  /** Base of playback URLs, without a slash at the end: `/media` of `publicUrl`, or a CDN. */
  mediaUrl: string;
  /** How long signed playback URLs are valid at least, s. */
  playbackUrlSeconds: number;
  /** REELMILL_SECRET. Nothing is signed with it itself: `signingKey` makes a key for each purpose. */
  secret: string;
  /** Addresses and networks whose X-Forwarded-For is believed. */
  trustedProxies: string[];
  rateLimits: RateLimitSettings;
  /** Whose pages may call the API with a token of their own. */
  corsOrigins: CorsOrigins;
  /** How long an upload token is valid that asks for nothing else, s. */
  uploadTokenSeconds: number;
  /** How long the body of a request of the API may take, ms. */
  bodyTimeoutMs: number;
  /** How long signed upload URLs are valid, s. */
  uploadUrlSeconds: number;
  /** bytes */
  maxUploadBytes: number;
  /** Null where no video is fetched from a URL. */
  ingest: { allowedNetworks: string[] } | null;
  /** How long an answer of /readyz is given again, to anybody, ms. */
  readinessMs: number;
  /** As the probe's policy has it: what it would refuse is refused at `complete`. */
  audioOnly: Policy['audioOnly'];
  /** What the workers are to confine their tools with. */
  sandbox: Config['REELMILL_SANDBOX'];
}
