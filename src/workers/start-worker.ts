import { join } from 'node:path';
import type { Config } from '../config.ts';
import { createFfmpeg, type FfmpegTools } from '../ffmpeg/run-ffmpeg.ts';
import { createTree } from '../flows/create-tree.ts';
import { startProcess } from '../flows/start-process.ts';
import { newId } from '../ids.ts';
import { jobs } from '../jobs/index.ts';
import type { QueueName } from '../jobs/queues.ts';
import type { Logger } from '../log.ts';
import { createPackager } from '../packaging/run-packager.ts';
import { toolTrials } from '../packaging/tool-trials.ts';
import { standardPolicy } from '../plan/policy.ts';
import { openSandbox } from '../process/open-sandbox.ts';
import { openStorage } from '../storage/open-storage.ts';
import { requireStorage } from '../storage/require-storage.ts';
import { createSources } from '../storage/source-cache.ts';
import { runWorkers } from './run-workers.ts';
import { workRootOf } from './work-folders.ts';

interface Options {
  fleet: 'cpu' | 'gpu';
  queueNames: QueueName[];
  tools: FfmpegTools;
  log: Logger;
}

/**
 * Opens what a worker process needs, wires the ports of jobs, and works off its queues. Resolves when it is ready. Rejects with SANDBOX_UNAVAILABLE
 * where this machine cannot confine tools as it must, and with CONFIG_INVALID where the storage refuses it.
 */
export async function startWorker(config: Config, { fleet, queueNames, tools, log }: Options): Promise<void> {
  const workerId = newId('wrk');
  const workRoot = workRootOf(config);
  const sandbox = await openSandbox({
    ...{ mode: config.REELMILL_SANDBOX, moreReads: config.REELMILL_SANDBOX_READS, gpu: fleet === 'gpu' },
    ...{ workRoot, home: config.REELMILL_HOME, tools: toolTrials(tools), log },
  });
  await requireStorage(config);
  const confined = { log, stallTimeoutMs: config.STALL_TIMEOUT_MS, sandbox };
  await startProcess(config, log, async ({ database, queues, closers }) => {
    const storage = await openStorage(config);
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
        ffmpeg: createFfmpeg({ ...confined, tools }),
        packager: createPackager(confined),
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
      workRoot,
      config,
      log,
    });
    closers.push('workers', () => workers.stop());
    return { workerId, queues: queueNames, slots: config.WORKER_SLOTS, sandbox: sandbox.level };
  });
}
