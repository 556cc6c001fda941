import { type ChildProcess, fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { pino } from 'pino';
import { z } from 'zod';
import { readConfig } from '../../src/config.ts';
import { openDatabase } from '../../src/database/open-database.ts';
import { newId } from '../../src/ids.ts';
import { createClosers } from '../../src/lifecycle.ts';
import { originalKey } from '../../src/storage/keys.ts';
import { openStorage } from '../../src/storage/open-storage.ts';
import { type QueueUrls, until } from './queue.ts';

const log = pino({ level: 'silent' });
const program = new URL('../../bin/reelmill.js', import.meta.url);

/** A process of the product. */
export interface Part {
  /** What it said when it was ready. */
  said: unknown;
  /** SIGKILL: it can say and do nothing more. */
  kill9(): Promise<void>;
  /** SIGTERM: it hands its work back. Rejects where it does not end with 0. */
  stop(): Promise<void>;
}

export type WholeSystem = Awaited<ReturnType<typeof openWholeSystem>>;

/**
 * The real product without its API: relay and workers as processes, rows and storage at hand. Close it: nothing stays. `settings` go over
 * those that tests have in common.
 */
export async function openWholeSystem(urls: QueueUrls, settings: Record<string, string> = {}) {
  const home = await mkdtemp(join(tmpdir(), 'reelmill-chaos-'));
  const environment = {
    REELMILL_HOME: home,
    STORAGE_URL: pathToFileURL(join(home, 'storage')).href,
    REELMILL_SECRET: 'a secret of tests, long enough for all',
    DATABASE_URL: urls.databaseUrl,
    REDIS_URL: urls.redisUrl ?? '',
    WORKER_SLOTS: '1',
    // As rule 11 has it for chaos tests; on the Postgres backend locks are never shorter than 30 s.
    ...{ ENCODE_LOCK_MS: '3000', ENCODE_STALLED_MS: '1000', LIGHT_LOCK_MS: '3000', LIGHT_STALLED_MS: '1000' },
    RECONCILE_INTERVAL_MS: '1000',
    LOG_LEVEL: process.env.TEST_LOG_LEVEL ?? 'error',
    ...settings,
  };
  const closers = createClosers();
  closers.push('folder', () => rm(home, { recursive: true, force: true }));
  const storage = await openStorage(readConfig(environment));
  const database = await openDatabase({ url: urls.databaseUrl, log });
  closers.push('database', () => database.close());

  const start = async (command: string[], more: Record<string, string> = {}): Promise<Part> => {
    const part = await startPart(command, { ...environment, ...more });
    closers.push(command.join(' '), () => part.kill9());
    return part;
  };
  const video = async (id: string) => {
    const row = await database.videos.find(id);
    if (!row) throw new Error(`there is no video ${id}`);
    return row;
  };

  return {
    home,
    storage,
    database,
    startRelay: () => start(['relay']),
    /** On a free port; `url`: what it is reached by. */
    async startApi(): Promise<Part & { url: string }> {
      const api = await start(['api'], { API_PORT: '0' });
      return { ...api, url: z.object({ url: z.string() }).parse(api.said).url };
    },
    /** `more`: settings beside those of the whole system. */
    startWorker: (more: Record<string, string> = {}) => start(['worker', 'cpu'], more),

    /** Puts a file where a finished upload would be, and says so: its run waits in the outbox. */
    async upload(path: string): Promise<string> {
      const id = newId('vid');
      const key = originalKey(id, path);
      const { size, etag } = await storage.putFile(key, path, { contentType: 'video/mp4' });
      await database.videos.create({
        id,
        creatorId: 'creator',
        title: 'chaos',
        filename: 'clip.mp4',
        contentType: 'video/mp4',
        originalKey: key,
        uploadId: newId('upl'),
        partSize: 16 * 2 ** 20,
        fileSize: size,
        priority: 'normal',
        preset: 'standard',
      });
      await database.videos.uploaded(id, { etag, bytes: size });
      return id;
    },

    video,

    control: database.control,

    /** How many encodes of the current run are committed, and how many there are (0 before the plan). */
    async encodes(videoId: string): Promise<{ committed: number; all: number }> {
      const tasks = await database.videos.tasks((await video(videoId)).runId ?? '');
      const encodes = tasks.filter(({ type }) => type === 'transcode');
      return { committed: encodes.filter(({ status }) => status === 'completed').length, all: encodes.length };
    },

    untilFinal: (videoId: string, timeoutMs: number) =>
      until(`video ${videoId} is final`, timeoutMs, async () => {
        const row = await video(videoId);
        return row.status === 'ready' || row.status === 'failed' ? row : null;
      }),

    /** sha256 of every init and media segment that the video's playlists lead to, by its name below the package. */
    async mediaHashes(videoId: string): Promise<Record<string, string>> {
      const folder = dirname((await video(videoId)).hlsKey ?? '');
      const hashes: Record<string, string> = {};
      for await (const { key } of storage.list(`${folder}/`)) {
        if (!/\.(mp4|m4s)$/.test(key)) continue;
        const bytes = await buffer(await storage.read(key));
        hashes[key.slice(folder.length + 1)] = createHash('sha256').update(bytes).digest('hex');
      }
      return hashes;
    },

    /** Processes (of anybody) whose command names this system's folder: encoders, mostly. */
    processes: () => processesNaming(home),

    close: () => closers.closeAll(),
  };
}

async function startPart(command: string[], environment: Record<string, string>): Promise<Part> {
  const child: ChildProcess = fork(program, command, { env: { ...process.env, ...environment } });
  const ended = once(child, 'exit');
  const early = ended.then(([code, signal]) => {
    throw new Error(`reelmill ${command.join(' ')} ended with ${code ?? signal} before it was ready`);
  });
  early.catch(() => {}); // it is meant to end, later
  const [said] = await Promise.race([once(child, 'message'), early]);
  return {
    said,
    async kill9() {
      child.kill('SIGKILL');
      await ended;
    },
    async stop() {
      child.kill('SIGTERM');
      const [code, signal] = await ended;
      if (code !== 0) throw new Error(`reelmill ${command.join(' ')} ended with ${code ?? signal}`);
    },
  };
}

export async function processesNaming(text: string): Promise<string[]> {
  const commands = await Promise.all(
    (await readdir('/proc'))
      .filter((name) => /^\d+$/.test(name) && name !== String(process.pid))
      .map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
  );
  return commands.map((command) => command.replaceAll('\0', ' ')).filter((command) => command.includes(text));
}
