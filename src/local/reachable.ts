import { z } from 'zod';
import type { Config } from '../config.ts';
import { CatalogueError } from '../errors/catalogue-error.ts';
import { riskySettings } from '../flows/redis-settings.ts';
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

const readyBody = z.object({
  checks: z.record(z.string(), z.object({ ok: z.boolean(), detail: z.string().optional() })),
});

/** Longer than /readyz waits for what it asks: its own words are better than ours. */
const patienceMs = 15_000;

async function apiStates(url: string): Promise<ServiceState[]> {
  const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(patienceMs) });
  if (response.ok) return [{ name: 'api', ok: true, detail: 'answers' }];
  const failed = readyBody.safeParse(await response.json().catch(() => null));
  const checks = failed.success ? Object.entries(failed.data.checks).filter(([, { ok }]) => !ok) : [];
  const words = checks.map(([name, { detail }]) => `${name}: ${detail ?? 'fails'}`).join('; ');
  throw new Error(`/readyz answered ${response.status}${words && `: ${words}`}`);
}
