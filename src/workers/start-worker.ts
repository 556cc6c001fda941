import { join } from 'node:path';
import type { Config } from '../config.ts';
import { openDatabase } from '../database/open-database.ts';
import { CatalogueError } from '../errors/catalogue-error.ts';
import type { Ffmpeg } from '../ffmpeg/run-ffmpeg.ts';
import { connectQueues } from '../flows/connect-queues.ts';
import { createTree } from '../flows/create-tree.ts';
import { newId } from '../ids.ts';
import { jobs } from '../jobs/index.ts';
import type { QueueName } from '../jobs/queues.ts';
import { announceReady, createClosers, onShutdown } from '../lifecycle.ts';
import type { Logger } from '../log.ts';
import { createPackager } from '../packaging/run-packager.ts';
import { standardPolicy } from '../plan/policy.ts';
import { openStorage } from '../storage/open-storage.ts';
import { createSources } from '../storage/source-cache.ts';
import { runWorkers } from './run-workers.ts';

interface Options {
  fleet: 'cpu' | 'gpu';
  queueNames: QueueName[];
  ffmpeg: Ffmpeg;
  log: Logger;
}

/** Opens what a worker process needs, wires the ports of jobs, and works off its queues. Resolves when it is ready. */
export async function startWorker(config: Config, { fleet, queueNames, ffmpeg, log }: Options): Promise<void> {
  const databaseUrl = config.DATABASE_URL;
  if (!databaseUrl) throw new CatalogueError('CONFIG_INVALID', 'a worker needs DATABASE_URL');
  const workerId = newId('wrk');
  const closers = createClosers();
  onShutdown(() => closers.closeAll());
  try {
    const database = await openDatabase({ url: databaseUrl, log });
    closers.push('database', () => database.close());
    const queues = await connectQueues({ redisUrl: config.REDIS_URL, databaseUrl, log });
    closers.push('queues', () => queues.close());
    const storage = openStorage(config);
    const { tasks, runs, videos, flush } = database.jobPorts(workerId);
    closers.push('rows not written yet', flush);

    const workers = await runWorkers({
      workerId,
      fleet,
      queueNames,
      queues,
      jobs,
      database,
      services: {
        tasks,
        runs,
        videos,
        storage,
        sources: createSources(storage, {
          folder: join(config.REELMILL_HOME, 'source-cache'),
          maxBytes: config.SOURCE_CACHE_BYTES,
        }),
        ffmpeg,
        packager: createPackager({ log, stallTimeoutMs: config.STALL_TIMEOUT_MS }),
        tree: createTree({ queues, jobs, missing: tasks.missing, ordering: database.runs.ordering }),
        policy: standardPolicy,
        limits: {
          maxSidePixels: config.MAX_SIDE_PIXELS,
          maxPixels: config.MAX_PIXELS,
          maxDurationSeconds: config.MAX_DURATION_SECONDS,
          maxStreams: config.MAX_STREAMS,
        },
        log,
      },
      workRoot: join(config.REELMILL_HOME, 'work'),
      config,
      log,
    });
    closers.push('workers', () => workers.stop());
  } catch (error) {
    await closers.closeAll();
    throw error;
  }
  announceReady();
  log.info({ workerId, queues: queueNames, slots: config.WORKER_SLOTS }, 'worker ready');
}
