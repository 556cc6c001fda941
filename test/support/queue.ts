import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Client } from 'pg';
import { pino } from 'pino';
import type { Database, Priority } from '../../src/database/database.ts';
import { openDatabase } from '../../src/database/open-database.ts';
import { connectQueues } from '../../src/flows/connect-queues.ts';
import { createTree } from '../../src/flows/create-tree.ts';
import type { QueueConnection } from '../../src/flows/queue-connection.ts';
import { startRelay } from '../../src/flows/relay/run-relay.ts';
import { newId } from '../../src/ids.ts';
import type { Pipeline } from '../../src/jobs/define-job.ts';
import type { QueueName } from '../../src/jobs/queues.ts';
import type { JobServices } from '../../src/jobs/services.ts';
import { createClosers } from '../../src/lifecycle.ts';
import { createFileStorage } from '../../src/storage/file-storage.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { runWorkers, type WorkersOptions } from '../../src/workers/run-workers.ts';

const noTool = { within: () => noTool };
const log = pino({ level: process.env.TEST_LOG_LEVEL ?? 'silent' }, pino.destination(2));

/** Short, so that a dead worker's jobs come back within seconds. The Postgres backend keeps its locks at 30 s. */
const config: WorkersOptions['config'] = {
  WORKER_SLOTS: 2,
  WORKER_MEMORY_BYTES: 1_000,
  ENCODE_LOCK_MS: 3_000,
  ENCODE_STALLED_MS: 1_000,
  LIGHT_LOCK_MS: 3_000,
  LIGHT_STALLED_MS: 1_000,
  SHUTDOWN_GRACE_MS: 60_000,
  SERVICE_OUTAGE_SECONDS: 60,
};

export interface QueueUrls {
  databaseUrl: string;
  redisUrl: string | undefined;
}

export type TestSystem = Awaited<ReturnType<typeof openTestSystem>>;

/**
 * Real rows and a real queue, for stand-in jobs: relay and workers run in this process. Close it: it stops all that it started. `storage`: that of an
 * API beside it.
 */
export async function openTestSystem(urls: QueueUrls, given: { storage?: Storage } = {}) {
  const closers = createClosers();
  const folder = await mkdtemp(join(tmpdir(), 'reelmill-system-'));
  closers.push('folder', () => rm(folder, { recursive: true, force: true }));
  const workRoot = join(folder, 'work');
  const storage =
    given.storage ??
    createFileStorage({
      root: join(folder, 'storage'),
      publicUrl: 'http://127.0.0.1:1',
      secret: newId('key').repeat(2),
    });
  const database: Database = await openDatabase({ url: urls.databaseUrl, log });
  closers.push('database', () => database.close());
  const queues: QueueConnection = await connectQueues({ ...urls, log });
  closers.push('queues', () => queues.close());

  return {
    database,
    queues,
    /** Folders of running jobs lie below it. */
    workRoot,

    /** Works off all queues of the CPU fleet, or those given. */
    async startWorker(
      jobs: Pipeline,
      options: { queueNames?: QueueName[]; slots?: number; memoryBytes?: number; outageSeconds?: number } = {},
    ) {
      const workerId = newId('wrk');
      const { tasks, runs, videos } = database.jobPorts(workerId);
      const tree = createTree({ queues, jobs, missing: tasks.missing, ordering: database.runs.ordering });
      const worker = await runWorkers({
        workerId,
        fleet: 'cpu',
        queueNames: options.queueNames ?? ['control', 'media', 'encode-cpu'],
        queues,
        jobs,
        database,
        // Stand-ins touch no media: what confines the tools of a job is all that asks for them.
        services: { tasks, runs, videos, tree, log, ffmpeg: noTool, packager: noTool } as unknown as JobServices,
        sandbox: 'none',
        workRoot,
        config: {
          ...config,
          WORKER_SLOTS: options.slots ?? config.WORKER_SLOTS,
          WORKER_MEMORY_BYTES: options.memoryBytes ?? config.WORKER_MEMORY_BYTES,
          SERVICE_OUTAGE_SECONDS: options.outageSeconds ?? config.SERVICE_OUTAGE_SECONDS,
        },
        log,
      });
      closers.push('worker', () => worker.stop());
      return worker;
    },

    async startRelay(jobs: Pipeline, options: { reconcileMs?: number; uploadExpiresMs?: number } = {}) {
      const { reconcileMs = 300, uploadExpiresMs = 7 * 24 * 3_600_000 } = options;
      const relay = await startRelay({
        ...{ database, queues, storage, jobs, log },
        ...{ outboxPollMs: 200, reconcileMs, uploadExpiresMs },
      });
      closers.push('relay', () => relay.close());
      return relay;
    },

    /** A video whose upload is complete: its run waits in the outbox. */
    async uploadedVideo(options: { creatorId?: string; priority?: Priority } = {}) {
      const id = newId('vid');
      await database.videos.create({
        id,
        creatorId: options.creatorId ?? 'creator',
        title: 'A test',
        filename: 'test.mp4',
        contentType: 'video/mp4',
        originalKey: `originals/${id}/original.mp4`,
        uploadId: newId('upl'),
        partSize: 16 * 2 ** 20,
        fileSize: 1_000,
        priority: options.priority ?? 'normal',
        preset: 'standard',
      });
      await database.videos.uploaded(id, { etag: 'abc', bytes: 1_000 });
      return id;
    },

    /** What the workers say that they do, as their last heartbeat wrote it. */
    async currentTasks(): Promise<string[]> {
      const client = new Client({ connectionString: urls.databaseUrl });
      await client.connect();
      try {
        const { rows } = await client.query<{ current_task: string }>(
          'SELECT current_task FROM workers WHERE current_task IS NOT NULL',
        );
        return rows.map((row) => row.current_task);
      } finally {
        await client.end();
      }
    },

    /** Waits for a final state. */
    async untilFinal(videoId: string, timeoutMs = 30_000) {
      return until(`video ${videoId} is final`, timeoutMs, async () => {
        const video = await database.videos.find(videoId);
        return video && ['ready', 'failed', 'cancelled'].includes(video.status) ? video : null;
      });
    },

    close: () => closers.closeAll(),
  };
}

/** Waits until `look` gives something; rejects after `timeoutMs`. */
export async function until<T>(
  what: string,
  timeoutMs: number,
  look: () => Promise<T | null | undefined | false>,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    await wait(50);
  }
}

/** A worker process of its own that takes one encode and never ends it. Resolves when it has taken it. */
export async function startHangingWorker(urls: QueueUrls): Promise<{ taskName: string; kill9(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'reelmill-hanging-')); // it cannot tidy up itself
  const child: ChildProcess = fork(new URL('./hanging-worker.ts', import.meta.url), {
    execArgv: ['--import', 'tsx'],
    env: { ...process.env, DATABASE_URL: urls.databaseUrl, REDIS_URL: urls.redisUrl ?? '', TMPDIR: folder },
  });
  const ended = once(child, 'exit');
  const early = ended.then(([code]) => {
    throw new Error(`the hanging worker ended with ${code}`);
  });
  early.catch(() => {}); // it is meant to end, later
  const [message] = await Promise.race([once(child, 'message'), early]);
  return {
    taskName: String(message),
    async kill9() {
      child.kill('SIGKILL');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
