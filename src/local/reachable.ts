import pg from 'pg';
import { z } from 'zod';
import type { Config } from '../config.ts';
import { homeAt } from './home.ts';
import { homeOwner } from './home-lock.ts';
import { readRunFile } from './run-file.ts';
import { redisAnswers } from './start-redis.ts';

export interface ServiceState {
  name: string;
  ok: boolean;
  detail: string;
}

/** Whether the services that are configured, or that `reelmill up` runs in this home, answer. Never rejects. */
export async function reachable(config: Config): Promise<ServiceState[]> {
  const home = homeAt(config.REELMILL_HOME);
  const owner = await homeOwner(home.lockFile);
  const run = owner && (await readRunFile(home.runFile));
  const checks: [string, string | null | undefined, (url: string) => Promise<void>][] = [
    ['database', config.DATABASE_URL ?? run?.database_url, postgresAnswers],
    ['redis', config.REDIS_URL ?? run?.redis_url, redisAnswers],
    ['api', config.REELMILL_API_URL ?? run?.api_url, apiAnswers],
  ];
  const states = await Promise.all(
    checks.flatMap(([name, url, check]) => (url ? [check(url).then(answers(name), silent(name))] : [])),
  );
  const here = owner ? `up in ${home.root} (process ${owner.pid})` : `not running in ${home.root}`;
  return [{ name: 'reelmill', ok: true, detail: here }, ...states];
}

const answers = (name: string) => (): ServiceState => ({ name, ok: true, detail: 'answers' });
const silent =
  (name: string) =>
  (error: unknown): ServiceState => ({
    name,
    ok: false,
    detail: `is not ready: ${error instanceof Error ? error.message || error.name : String(error)}`,
  });

async function postgresAnswers(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT 1');
  } finally {
    await client.end().catch(() => undefined);
  }
}

const readyBody = z.object({
  checks: z.record(z.string(), z.object({ ok: z.boolean(), detail: z.string().optional() })),
});

async function apiAnswers(url: string): Promise<void> {
  const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(5_000) });
  if (response.ok) return;
  const failed = readyBody.safeParse(await response.json().catch(() => null));
  const checks = failed.success ? Object.entries(failed.data.checks).filter(([, { ok }]) => !ok) : [];
  const words = checks.map(([name, { detail }]) => `${name}: ${detail ?? 'fails'}`).join('; ');
  throw new Error(`/readyz answered ${response.status}${words && `: ${words}`}`);
}
