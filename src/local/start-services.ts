import type { Config } from '../config.ts';
import type { Closers } from '../lifecycle.ts';
import { freePort } from './free-port.ts';
import type { Home } from './home.ts';
import { keepRunning, type Watcher } from './keep-running.ts';
import { startPostgres } from './start-postgres.ts';
import { findRedis, startRedis } from './start-redis.ts';

export interface Services {
  databaseUrl: string;
  /** Null: no Redis on this machine, the queue is kept in Postgres. */
  redisUrl: string | null;
}

export interface ServiceOptions {
  config: Config;
  home: Home;
  closers: Closers;
  /** Who is told that `name` died or was started again. */
  watcher(name: string): Watcher;
}

/** Postgres and Redis: those of the configuration, else our own, kept running until the closers end them. */
export async function startServices(options: ServiceOptions): Promise<Services> {
  const { config } = options;
  const [databaseUrl, redisUrl] = await Promise.allSettled([
    config.DATABASE_URL ?? ownPostgres(options),
    config.REDIS_URL ?? ownRedis(options),
  ]);
  // both are waited for, so that neither starts after the other's failure has been answered by closing everything
  if (databaseUrl.status === 'rejected') throw databaseUrl.reason;
  if (redisUrl.status === 'rejected') throw redisUrl.reason;
  return { databaseUrl: databaseUrl.value, redisUrl: redisUrl.value };
}

async function ownPostgres({ home, closers, watcher }: ServiceOptions): Promise<string> {
  const port = await freePort(); // the same at every restart: it is in everybody's DATABASE_URL
  let url = '';
  const server = await keepRunning(async () => {
    const started = await startPostgres(home, port);
    url = started.url;
    return started;
  }, watcher('postgres'));
  closers.push('Postgres', () => server.stop(0));
  return url;
}

async function ownRedis({ home, closers, watcher }: ServiceOptions): Promise<string | null> {
  const program = findRedis();
  if (!program) return null;
  const port = await freePort();
  let url = '';
  const server = await keepRunning(async () => {
    const started = await startRedis(home, program, port);
    url = started.url;
    return started;
  }, watcher('redis'));
  closers.push('Redis', () => server.stop(0));
  return url;
}
