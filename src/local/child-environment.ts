import type { Config } from '../config.ts';
import { workerShare } from './worker-share.ts';

export interface ChildFacts {
  config: Config;
  databaseUrl: string;
  redisUrl: string | null;
  secret: string;
  apiPort: number;
  apiUrl: string;
  storageUrl: string;
  cpuWorkers: number;
}

/** Pure: the environment of API, relay and workers: ours, with every service and address that was found or started. */
export function childEnvironment(ours: NodeJS.ProcessEnv, facts: ChildFacts): NodeJS.ProcessEnv {
  const { config } = facts;
  const share = workerShare(config, ours, facts.cpuWorkers);
  return {
    ...ours,
    NODE_ENV: config.NODE_ENV,
    REELMILL_HOME: config.REELMILL_HOME,
    DATABASE_URL: facts.databaseUrl,
    REDIS_URL: facts.redisUrl ?? '', // empty counts as not set
    STORAGE_URL: facts.storageUrl,
    REELMILL_SECRET: facts.secret,
    API_HOST: config.API_HOST,
    API_PORT: String(facts.apiPort),
    PUBLIC_URL: facts.apiUrl,
    WORKER_SLOTS: String(share.slots),
    WORKER_MEMORY_BYTES: String(share.memoryBytes),
  };
}

/** Pure: what clients call the API. An API that listens everywhere is called by the loopback address from here. */
export function publicUrl(config: Config, port: number): string {
  if (config.PUBLIC_URL) return config.PUBLIC_URL.replace(/\/+$/, '');
  const everywhere = config.API_HOST === '0.0.0.0' || config.API_HOST === '::';
  const host = everywhere ? '127.0.0.1' : config.API_HOST;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
