import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApi } from '../../src/api/app.ts';
import { listen, type ServerBounds } from '../../src/api/http/listen.ts';
import { type LiveOptions, type LiveVideos, openLiveVideos } from '../../src/api/live/live-videos.ts';
import { type MediaAccess, openMediaAccess } from '../../src/api/media/media-access.ts';
import type { ApiSettings } from '../../src/api/services.ts';
import type { CreatorPlan, Database } from '../../src/database/database.ts';
import { openDatabase } from '../../src/database/open-database.ts';
import { creatorScopes, type Scope } from '../../src/database/scopes.ts';
import { connectQueues, type QueueConnection } from '../../src/flows/connect-queues.ts';
import { createClosers } from '../../src/lifecycle.ts';
import { createLog } from '../../src/log.ts';
import { createFileStorage, type FileStorage } from '../../src/storage/file-storage.ts';
import { checkContract } from './api-contract.ts';
import { testDatabase } from './postgres.ts';
import type { QueueUrls } from './queue.ts';
import { testRedis } from './redis.ts';

export interface TestApi {
  url: string;
  /** For a relay and workers beside it. */
  urls: QueueUrls;
  database: Database;
  storage: FileStorage;
  settings: ApiSettings;
  queues: QueueConnection;
  mediaAccess: MediaAccess;
  live: LiveVideos;
  /** A new creator's key. */
  key(creator?: { creatorId?: string; plan?: CreatorPlan; scopes?: readonly Scope[] }): Promise<string>;
  /** A JSON request with a key. `path` is below the server's root. Rejects where the answer is not what the OpenAPI document says. */
  call(
    method: string,
    path: string,
    options?: { key?: string; body?: unknown; headers?: Record<string, string> },
  ): Promise<Answer>;
  stop(): Promise<void>;
}

export interface StartOptions {
  /** Of connections and slow clients. */
  bounds?: Partial<ServerBounds>;
  queueOn?: QueueConnection['backend'];
  /** Of a migrated database that stays, such as that of another API. Default: one of its own. */
  databaseUrl?: string;
  live?: Partial<Pick<LiveOptions, 'limits' | 'timings'>>;
  /** The clock by which what is known of who may play grows old, ms. */
  mediaNow?: () => number;
  /** How long its end waits for running requests, ms. */
  closeTimeoutMs?: number;
}

export interface Answer {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape.
  body: any;
}

/**
 * The API on a free port, with a Postgres database, a queue (on a Redis of its own, or in that database) and a storage folder.
 * Stop it in `afterAll`.
 */
export async function startApi(
  changed: Partial<ApiSettings> = {},
  { queueOn = 'redis', databaseUrl, live: liveOptions, bounds, mediaNow, closeTimeoutMs = 1_000 }: StartOptions = {},
): Promise<TestApi> {
  const closers = createClosers();
  const log = createLog({ level: 'silent', name: 'test' });
  const root = await mkdtemp(join(tmpdir(), 'reelmill-api-'));
  closers.push('folder', () => rm(root, { recursive: true, force: true }));
  const home = databaseUrl === undefined ? await testDatabase() : { url: databaseUrl, drop: async () => undefined };
  closers.push('test database', () => home.drop());
  const redis = queueOn === 'redis' ? await testRedis() : undefined;
  closers.push('redis', async () => redis?.stop());
  const urls = { databaseUrl: home.url, redisUrl: redis?.url };
  const database = await openDatabase({ url: home.url, log });
  closers.push('database', () => database.close());
  const queues = await connectQueues({ ...urls, log });
  closers.push('queues', () => queues.close());

  const mediaAccess = await openMediaAccess(database.playback, { now: mediaNow });
  closers.push('media access', () => mediaAccess.close());
  const server = await listen({ host: '127.0.0.1', port: 0, requestTimeoutMs: 60_000, closeTimeoutMs, bounds });
  closers.push('server', () => server.close());
  const secret = 'a secret of thirty-two characters!';
  const storage = createFileStorage({ root, publicUrl: server.url, secret });
  const settings: ApiSettings = {
    publicUrl: server.url,
    mediaUrl: `${server.url}/media`,
    playbackUrlSeconds: 6 * 3_600,
    secret,
    corsOrigins: '*',
    uploadTokenSeconds: 900,
    bodyTimeoutMs: 30_000,
    uploadUrlSeconds: 600,
    trustedProxies: [],
    rateLimits: { create: 0, presign: 0, write: 0, read: 0, address: 0, authFailures: 0 },
    maxUploadBytes: 2 ** 30,
    ingest: null,
    readinessMs: 0,
    audioOnly: 'refuse',
    sandbox: 'prefer',
    ...changed,
  };
  const live = await openLiveVideos({ database, log, limits: { perKey: 0, all: 0 }, ...liveOptions });
  closers.push('live videos', () => live.close());
  server.serve(createApi({ database, storage, queues, mediaAccess, live, settings, log }));

  let creators = 0;
  return {
    url: server.url,
    urls,
    database,
    storage,
    settings,
    queues,
    mediaAccess,
    live,
    key: ({ creatorId = `creator-${++creators}`, plan = 'standard', scopes = creatorScopes } = {}) =>
      database.keys.create({ creatorId, plan, scopes, name: 'test' }),
    async call(method, path, { key, body, headers } = {}) {
      const response = await fetch(`${server.url}${path}`, {
        method,
        redirect: 'manual',
        headers: {
          ...(key ? { authorization: `Bearer ${key}` } : {}),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        body: body === undefined ? undefined : JSON.stringify(body),
      });
      const text = await response.text();
      const json = response.headers.get('content-type')?.includes('json');
      const answer = {
        status: response.status,
        headers: response.headers,
        body: json && text ? JSON.parse(text) : text,
      };
      checkContract({ method, path }, answer);
      return answer;
    },
    stop: () => closers.closeAll(),
  };
}
