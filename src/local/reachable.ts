import type { Config } from '../config.ts';
import { CatalogueError } from '../errors/catalogue-error.ts';
import { riskySettings } from '../flows/redis-settings.ts';
import { apiReadiness } from './api-readiness.ts';
import { databaseStates } from './database-state.ts';
import { homeAt } from './home.ts';
import { homeOwner } from './home-lock.ts';
import { readRunFile } from './run-file.ts';
import type { ServiceState } from './service-state.ts';
import { redisInfo } from './start-redis.ts';

/** Whether the services that are configured, or that `reelmill up` runs in this home, answer and are as they must be. Never rejects. */
export async function reachable(config: Config): Promise<ServiceState[]> {
  const home = homeAt(config.REELMILL_HOME);
  const owner = await homeOwner(home.lockFile);
  const run = owner && (await readRunFile(home.runFile));
  const checks: [string, string | null | undefined, (url: string) => Promise<ServiceState[]>][] = [
    ['database', config.DATABASE_URL ?? run?.database_url, databaseStates],
    ['redis', config.REDIS_URL ?? run?.redis_url, redisStates],
    ['api', config.REELMILL_API_URL ?? run?.api_url, apiStates],
  ];
  const states = await Promise.all(
    checks.flatMap(([name, url, check]) => (url ? [check(url).catch(silent(name))] : [])),
  );
  const here = owner ? `up in ${home.root} (process ${owner.pid})` : `not running in ${home.root}`;
  return [{ name: 'reelmill', ok: true, detail: here }, ...states.flat()];
}

const silent =
  (name: string) =>
  (error: unknown): ServiceState[] => [{ name, ok: false, detail: `is not ready: ${reasonOf(error)}` }];

function reasonOf(error: unknown): string {
  if (error instanceof CatalogueError) return error.detail;
  return error instanceof Error ? error.message || error.name : String(error);
}

async function redisStates(url: string): Promise<ServiceState[]> {
  const risky = riskySettings(await redisInfo(url));
  const warnings = risky.map(({ words, fix }) => ({ name: 'redis', ok: true, detail: words, fix }));
  return [{ name: 'redis', ok: true, detail: 'answers' }, ...warnings];
}

async function apiStates(url: string): Promise<ServiceState[]> {
  const { status, failing } = await apiReadiness(url);
  if (status >= 200 && status < 300) return [{ name: 'api', ok: true, detail: 'answers' }];
  const words = failing.map(({ name, detail }) => `${name}: ${detail}`).join('; ');
  throw new Error(`/readyz answered ${status}${words && `: ${words}`}`);
}
