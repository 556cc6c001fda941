import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { findExecutable } from './find-executable.ts';
import type { Home } from './home.ts';
import { keptSecret } from './kept-secret.ts';
import { endProcess } from './other-process.ts';
import { programVersion } from './program-version.ts';
import { logTail, type ServerProcess, startServer } from './server-process.ts';

/** redis-server or valkey-server on PATH, or null. */
export const findRedis = (path = process.env.PATH): string | null =>
  findExecutable(['redis-server', 'valkey-server'], path);

/** Starts the Redis of a home on `port` (loopback only). One that a killed Reelmill has left there is ended first. */
export async function startRedis(home: Home, program: string, port: number): Promise<ServerProcess & { url: string }> {
  await mkdir(home.redis, { recursive: true, mode: 0o700 });
  const password = await keptSecret(join(home.redis, 'password'));
  const configuration = join(home.redis, 'redis.conf');
  await endLeftOver(configuration, password);
  await writeFile(configuration, redisConfiguration({ port, folder: home.redis, password }), { mode: 0o600 });
  await chmod(configuration, 0o600);

  const logFile = join(home.logs, 'redis.log');
  const command = [program, configuration];
  const server = await startServer({ name: 'Redis', command, logFile, cwd: home.redis, signal: 'TERM' });
  const url = `redis://:${password}@127.0.0.1:${port}`;
  try {
    await untilItAnswers(url, server, logFile);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return { ...server, url };
}

/** Pure: what redis.conf says. Without the append-only file a restart would lose the queue; `noeviction` is BullMQ's condition. */
export const redisConfiguration = (given: { port: number; folder: string; password: string }): string =>
  [
    'bind 127.0.0.1',
    `port ${given.port}`,
    `dir ${JSON.stringify(given.folder)}`,
    `requirepass ${given.password}`,
    'appendonly yes',
    'appendfsync everysec',
    'save ""',
    'maxmemory-policy noeviction',
    'daemonize no',
    '',
  ].join('\n');

/** The version of a redis-server or valkey-server, or null where it does not start. */
export const redisVersion = (program: string): Promise<string | null> => programVersion(program, ['--version']);

/** What `INFO` of the Redis at this URL says; rejects with the reason where none answers. */
export async function redisInfo(url: string): Promise<string> {
  const client = connection(url);
  try {
    await client.connect();
    await client.ping(); // INFO answers one that is still reading its file, too
    return await client.info();
  } finally {
    client.disconnect();
  }
}

/**
 * Ends a Redis that runs on the configuration of this folder. It is known by its password, never by its process id alone:
 * that may have been given to somebody else's Redis since.
 */
async function endLeftOver(configuration: string, password: string): Promise<void> {
  const port = (await readFile(configuration, 'utf8').catch(() => '')).match(/^port (\d+)$/m)?.[1];
  if (!port) return;
  const client = connection(`redis://:${password}@127.0.0.1:${port}`);
  try {
    await client.connect();
    const pid = Number((await client.info('server')).match(/process_id:(\d+)/)?.[1]);
    client.disconnect();
    if (pid > 0) await endProcess(pid, 'SIGTERM', 15_000);
  } catch {
    // nobody there, or not ours
  } finally {
    client.disconnect();
  }
}

async function untilItAnswers(url: string, server: ServerProcess, logFile: string): Promise<void> {
  let dead = false;
  server.ended.then(() => {
    dead = true;
  });
  const deadline = Date.now() + 60_000; // a long append-only file is read first
  for (;;) {
    try {
      await redisInfo(url);
      return;
    } catch (error) {
      if (dead || Date.now() > deadline) {
        throw new Error(`Redis did not start (${logFile}):\n${await logTail(logFile)}`, { cause: error });
      }
      await sleep(50);
    }
  }
}

/** A connection that tries once and says so. */
function connection(url: string): Redis {
  const client = new Redis(url, {
    lazyConnect: true,
    connectTimeout: 5_000,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  client.on('error', () => undefined);
  return client;
}
