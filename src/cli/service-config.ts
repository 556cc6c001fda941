import { type Config, readConfig, requireProductionSettings, type ServicePart } from '../config.ts';
import { homeAt } from '../local/home.ts';
import { homeOwner } from '../local/home-lock.ts';
import { keptSecret } from '../local/kept-secret.ts';
import { readRunFile, storageUrlOf } from '../local/run-file.ts';
import { ServiceMissing } from './exit-codes.ts';

/** The settings of one process that works with the queue: `databaseConfig`, but production runs on no embedded services. */
export async function serviceConfig(part: ServicePart): Promise<Config & { DATABASE_URL: string }> {
  requireProductionSettings(readConfig(), part);
  return databaseConfig();
}

/**
 * The settings of one process that needs a database. Where DATABASE_URL is not set and `reelmill up` runs in this home, its
 * services are used: a second worker joins with `reelmill worker cpu` alone.
 */
export async function databaseConfig(): Promise<Config & { DATABASE_URL: string }> {
  const config = readConfig();
  if (config.DATABASE_URL) return { ...config, DATABASE_URL: config.DATABASE_URL };

  const home = homeAt(config.REELMILL_HOME);
  const run = (await homeOwner(home.lockFile)) && (await readRunFile(home.runFile));
  if (!run) {
    throw new ServiceMissing(
      'no database: set DATABASE_URL, or start "reelmill up" first, which brings one (and starts this process as well)',
    );
  }
  return {
    ...config,
    DATABASE_URL: run.database_url,
    REDIS_URL: config.REDIS_URL ?? run.redis_url ?? undefined,
    STORAGE_URL: config.STORAGE_URL ?? storageUrlOf(run),
    PUBLIC_URL: config.PUBLIC_URL ?? run.api_url,
    REELMILL_SECRET: config.REELMILL_SECRET ?? (await keptSecret(home.secret)),
  };
}
