import { join } from 'node:path';
import type { Config } from '../config.ts';
import type { Ffmpeg } from '../ffmpeg/run-ffmpeg.ts';
import { createTree } from '../flows/create-tree.ts';
import { startProcess } from '../flows/start-process.ts';
import { newId } from '../ids.ts';
import { jobs } from '../jobs/index.ts';
import type { QueueName } from '../jobs/queues.ts';
import type { Logger } from '../log.ts';
import { createPackager } from '../packaging/run-packager.ts';
import { standardPolicy } from '../plan/policy.ts';
import type { Sandbox } from '../process/sandbox.ts';
import { openStorage } from '../storage/open-storage.ts';
import { createSources } from '../storage/source-cache.ts';
import { runWorkers } from './run-workers.ts';
import { workRootOf } from './work-folders.ts';

interface Options {
  fleet: 'cpu' | 'gpu';
  queueNames: QueueName[];
  ffmpeg: Ffmpeg;
  /** What `ffmpeg` is confined by. */
  sandbox: Sandbox;
  log: Logger;
}

/** Opens what a worker process needs, wires the ports of jobs, and works off its queues. Resolves when it is ready. */
export async function startWorker(config: Config, { fleet, queueNames, ffmpeg, sandbox, log }: Options): Promise<void> {
  const workerId = newId('wrk');
  await startProcess(config, log, async ({ database, queues, closers }) => {
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
        packager: createPackager({ log, stallTimeoutMs: config.STALL_TIMEOUT_MS, sandbox }),
        tree: createTree({ queues, jobs, missing: tasks.missing, ordering: database.runs.ordering }),
        policy: { ...standardPolicy, audioOnly: config.AUDIO_ONLY, onDamage: config.ON_DAMAGE },
        limits: {
          maxSidePixels: config.MAX_SIDE_PIXELS,
          maxPixels: config.MAX_PIXELS,
          maxDurationSeconds: config.MAX_DURATION_SECONDS,
          maxStreams: config.MAX_STREAMS,
        },
        log,
      },
      sandbox: sandbox.level,
      workRoot: workRootOf(config),
      config,
      log,
    });
    closers.push('workers', () => workers.stop());
    return { workerId, queues: queueNames, slots: config.WORKER_SLOTS, sandbox: sandbox.level };
  });
}
