import { isIP } from 'node:net';
import { availableParallelism, totalmem } from 'node:os';
import { isAbsolute, resolve } from 'node:path';
import { z } from 'zod';
import { CatalogueError } from './errors/catalogue-error.ts';

const ms = (fallback: number) => z.coerce.number().int().positive().default(fallback);
const perMinute = (fallback: number) => z.coerce.number().int().nonnegative().default(fallback);
const text = z.string().trim().min(1);
const optionalText = text.optional();

/** 192.0.2.1, 10.0.0.0/8, 2001:db8::/32; a network of everybody is nobody's own. */
function isNetwork(name: string): boolean {
  const [address = '', bits, ...more] = name.split('/');
  const most = { 0: 0, 4: 32, 6: 128 }[isIP(address)] ?? 0;
  if (bits === undefined) return most > 0;
  return more.length === 0 && /^[1-9]\d{0,2}$/.test(bits) && Number(bits) <= most;
}

const networks = z
  .string()
  .default('')
  .transform((list) =>
    list
      .split(',')
      .map((name) => name.trim())
      .filter(Boolean),
  )
  .refine((names) => names.every(isNetwork), 'addresses and networks such as 10.0.0.0/8, comma separated');

/** Of a machine's memory: the rest is for Node, Postgres, Redis and the file cache. */
const workersShare = 0.75;

/** What this machine has, or its container's limit where that is less (cgroup v1 and v2; huge where there is none). */
function machineMemoryBytes(): number {
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}

/**
 * Every setting, once: validated, typed and documented here. `.env.example` is compared with it by a test. This file is
 * the only reader of the environment.
 */
export const settings = {
  NODE_ENV: z
    .enum(['development', 'test', 'production'])
    .default('development')
    .describe(
      '`production` refuses embedded services: DATABASE_URL, REDIS_URL and REELMILL_SECRET must be set, STORAGE_URL for api, relay and workers, PUBLIC_URL for api.',
    ),
  REELMILL_HOME: z
    .string()
    .default('.reelmill')
    .describe('Folder of the local mode: embedded Postgres and Redis data, storage, run.json, logs.'),
  DATABASE_URL: optionalText.describe('postgres://user:password@host:port/database. Local mode starts one without it.'),
  REDIS_URL: optionalText.describe(
    'redis://host:port. Without it local mode starts redis-server, or keeps the queue in Postgres where there is none.',
  ),
  STORAGE_URL: optionalText.describe(
    'Object storage: file:///folder, or s3://bucket/prefix?endpoint=https://…&region=…&originals=bucket (docs/storage/). Default: storage/ in REELMILL_HOME, but not in production.',
  ),
  REELMILL_SECRET: text
    .min(32, 'at least 32 characters')
    .optional()
    .describe('Signs URLs and sessions: at least 32 characters. Local mode makes one and keeps it in REELMILL_HOME.'),
  API_HOST: z.string().default('127.0.0.1').describe('Address that the API listens on.'),
  API_PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65_535)
    .default(8080)
    .describe('Port of the API; 0 for any free one. Local mode takes a free one where it is in use.'),
  PUBLIC_URL: optionalText.describe(
    'What clients call the API: the base of signed URLs. Default: http://API_HOST:API_PORT, but not in production.',
  ),
  MEDIA_URL: optionalText.describe(
    'Base of the playback URLs that the API tells, such as that of a CDN with the API as its origin. Default: PUBLIC_URL/media.',
  ),
  TRUSTED_PROXIES: networks.describe(
    'Addresses and networks, comma separated, whose X-Forwarded-For is believed: those of your own proxies. Default: nobody’s.',
  ),
  API_CORS_ORIGINS: text
    .default('*')
    .describe(
      'Origins whose pages may call the API with a token of their own, comma separated; * for all. Browser sessions never cross origins.',
    ),
  REELMILL_API_URL: optionalText.describe(
    'The API that `reelmill ingest`, `status`, `retry`, `cancel` and `rm` talk to. Default: from run.json.',
  ),
  REELMILL_API_KEY: optionalText.describe(
    'The API key that `reelmill ingest`, `status`, `retry`, `cancel` and `rm` use. Default: from run.json.',
  ),
  FFMPEG_PATH: optionalText.describe(
    'ffmpeg. Default: the one on PATH, else the one of @ffmpeg-installer (a 2018 build).',
  ),
  FFPROBE_PATH: optionalText.describe('ffprobe. Default: the one on PATH, else the one of @ffprobe-installer.'),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .describe('Least level logged.'),
  WORKER_SLOTS: z.coerce
    .number()
    .int()
    .positive()
    .default(availableParallelism())
    .describe('Encodes at once in one worker process. Default: the number of cores.'),
  WORKER_MEMORY_BYTES: z.coerce
    .number()
    .int()
    .positive()
    .default(() => Math.floor(machineMemoryBytes() * workersShare))
    .describe(
      'What the tools of one worker process may take, bytes: jobs begin as far as their estimates fit. Default: 75 % of the memory of the machine or its container; `up` divides that among its workers.',
    ),
  ENCODE_LOCK_MS: ms(30_000).describe('How long a silent worker keeps an encode, ms.'),
  ENCODE_STALLED_MS: ms(10_000).describe('How often stalled encodes are looked for, ms.'),
  LIGHT_LOCK_MS: ms(15_000).describe('As ENCODE_LOCK_MS, for the queues control and media.'),
  LIGHT_STALLED_MS: ms(5_000).describe('As ENCODE_STALLED_MS, for the queues control and media.'),
  RECONCILE_INTERVAL_MS: ms(30_000).describe('How often rows are compared with the queue, ms.'),
  OUTBOX_POLL_MS: ms(1_000).describe('How often the relay looks for outbox entries that no notification told of, ms.'),
  SHUTDOWN_GRACE_MS: ms(20_000).describe('How long a process may take to hand its work back after SIGTERM, ms.'),
  SERVICE_OUTAGE_SECONDS: ms(1_800).describe(
    'How long storage or another service may be away, s: work that needs it waits, with pauses of up to a minute, and uses no attempt. Longer, and its video fails.',
  ),
  STALL_TIMEOUT_MS: ms(60_000).describe(
    'A tool that shows no progress (a new picture, line or byte) for this long is stopped, ms. Work on large pictures gets more, by what it costs; and each tool has a bound for all of its work: five times this, and eight times the estimate.',
  ),
  UPLOAD_URL_SECONDS: ms(3_600).describe('How long signed upload URLs are valid, s.'),
  UPLOAD_TOKEN_SECONDS: ms(900).describe('How long an upload token for a browser is valid unless it asks for less, s.'),
  UPLOAD_EXPIRES_SECONDS: ms(7 * 24 * 3_600).describe(
    'An upload that is not completed this long after it was created is given up, and what arrived is removed, s.',
  ),
  PLAYBACK_URL_SECONDS: ms(6 * 3_600).describe('How long signed playback URLs are valid, s.'),
  INGEST_URLS: z
    .enum(['off', 'on'])
    .default('off')
    .describe('Whether videos may be fetched from a URL that a client names (POST /api/v1/videos/ingest).'),
  INGEST_NETWORKS: networks.describe(
    'Private networks that such a URL may lead to all the same, comma separated (10.1.0.0/16). Default: none.',
  ),
  INGEST_LANES: ms(2).describe('Files that one relay fetches at a time; creators take turns.'),
  INGEST_TIMEOUT_SECONDS: ms(3_600).describe('Longest time that one file may take to fetch, s.'),
  RATE_LIMIT_CREATE: perMinute(600).describe('Videos that one key may create a minute; 0: no limit.'),
  RATE_LIMIT_PRESIGN: perMinute(6_000).describe('Requests for part URLs of one key or token a minute; 0: no limit.'),
  RATE_LIMIT_WRITE: perMinute(1_200).describe('Other changes that one key may make a minute; 0: no limit.'),
  RATE_LIMIT_READ: perMinute(6_000).describe('Reads of one key a minute; 0: no limit.'),
  RATE_LIMIT_ADDRESS: perMinute(12_000).describe('Requests to the API of one address a minute; 0: no limit.'),
  RATE_LIMIT_AUTH_FAILURES: perMinute(30).describe(
    'Requests of one address a minute whose key is missing or wrong, before it is refused unheard; 0: no limit.',
  ),
  RATE_LIMIT_OPEN: perMinute(200).describe(
    'Answers that one key may hold open at once: event streams, and waits for a change; 0: no limit.',
  ),
  RATE_LIMIT_OPEN_ALL: perMinute(2_000).describe(
    'As RATE_LIMIT_OPEN, for one process of the API, whoever asks; 0: no limit.',
  ),
  MAX_UPLOAD_BYTES: ms(200 * 2 ** 30).describe('Largest upload, bytes.'),
  AUDIO_ONLY: z
    .enum(['refuse', 'publish'])
    .default('refuse')
    .describe(
      'Files with sound and no moving picture: refused (INPUT_NO_VIDEO), or published as sound alone. The same for the API, which refuses at the end of an upload, and for all workers.',
    ),
  ON_DAMAGE: z
    .enum(['refuse', 'publish'])
    .default('refuse')
    .describe(
      'Sources of which more than 0.5 % is missing or cannot be decoded: refused (INPUT_DAMAGED, INPUT_TRUNCATED), or what is there is published.',
    ),
  REELMILL_SANDBOX: z
    .enum(['require', 'prefer', 'none'])
    .default('prefer')
    .describe(
      'What confines ffmpeg, ffprobe and the packager: bubblewrap or no start; the strongest that this machine allows; nothing.',
    ),
  REELMILL_SANDBOX_READS: text
    .refine((folders) => folders.split(':').every(isAbsolute), 'absolute paths, colon separated')
    .optional()
    .describe(
      'More folders that these tools may read in bubblewrap, colon separated: where the libraries and other files of your ffmpeg lie.',
    ),
  REELMILL_SANDBOX_NONE_IN_PRODUCTION: z
    .enum(['refuse', 'allow'])
    .default('refuse')
    .describe('NODE_ENV=production starts with REELMILL_SANDBOX=none only where this says `allow` too.'),
  MAX_SIDE_PIXELS: ms(8_192).describe('Longest side of a source, pixels.'),
  MAX_PIXELS: ms(40_000_000).describe('Largest picture of a source, pixels.'),
  MAX_DURATION_SECONDS: ms(12 * 3_600).describe('Longest source, s.'),
  MAX_STREAMS: ms(32).describe('Most streams in a source.'),
  SOURCE_CACHE_BYTES: ms(20 * 2 ** 30).describe('Bound of the cache of sources on a worker’s disk, bytes.'),
} as const;

const schema = z.object(settings);
export type Config = z.infer<typeof schema> & { production: boolean };

/**
 * The settings of this process. Throws CONFIG_INVALID and names every setting that is wrong. An empty value counts as
 * not set. REELMILL_HOME comes back absolute.
 */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  const given = Object.fromEntries(
    Object.entries(environment).filter(([name, value]) => name in settings && value !== ''),
  );
  const parsed = schema.safeParse(given);
  if (!parsed.success) {
    const wrong = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
    throw new CatalogueError('CONFIG_INVALID', wrong);
  }
  return {
    ...parsed.data,
    REELMILL_HOME: resolve(parsed.data.REELMILL_HOME),
    production: parsed.data.NODE_ENV === 'production',
  };
}

/** What this installation signs with. Throws CONFIG_INVALID where it is not set: local mode makes one, whoever starts a process alone names it. */
export function requireSecret({ REELMILL_SECRET }: Pick<Config, 'REELMILL_SECRET'>): string {
  if (REELMILL_SECRET) return REELMILL_SECRET;
  throw new CatalogueError('CONFIG_INVALID', 'REELMILL_SECRET: at least 32 characters, to sign URLs');
}

/** What each process of a deployment needs on top: without them signed URLs name this machine, and files lie in its own folder. */
const neededBy = {
  everything: [],
  api: ['PUBLIC_URL', 'STORAGE_URL'],
  relay: ['STORAGE_URL'],
  worker: ['STORAGE_URL'],
} as const satisfies Record<string, (keyof typeof settings)[]>;
export type ServicePart = keyof typeof neededBy;

/**
 * For processes that start services or work with the queue: throws CONFIG_INVALID, and names the settings, where production would run on
 * embedded services, on this machine's own address and folder (`up`, which is `everything`, chooses those itself), or tools with no sandbox
 * though nobody said so twice. Who only asks the API, migrates or looks round needs no such settings.
 */
export function requireProductionSettings(config: Config, part: ServicePart = 'everything'): void {
  if (!config.production) return;
  const needed = [...(['DATABASE_URL', 'REDIS_URL', 'REELMILL_SECRET'] as const), ...neededBy[part]];
  const missing = needed.filter((name) => !config[name]);
  if (missing.length > 0) {
    throw new CatalogueError(
      'CONFIG_INVALID',
      `NODE_ENV=production needs ${missing.join(', ')}: embedded services, the queue in Postgres and this machine’s own address and folder are for local mode only`,
      { facts: { missing } },
    );
  }
  if (config.REELMILL_SANDBOX === 'none' && config.REELMILL_SANDBOX_NONE_IN_PRODUCTION !== 'allow') {
    throw new CatalogueError(
      'CONFIG_INVALID',
      'REELMILL_SANDBOX=none: NODE_ENV=production confines its tools; REELMILL_SANDBOX_NONE_IN_PRODUCTION=allow says otherwise a second time',
    );
  }
}
