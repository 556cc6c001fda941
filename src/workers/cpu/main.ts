import type { Config } from '../../config.ts';
import { findTools } from '../../ffmpeg/find-tools.ts';
import { createFfmpeg } from '../../ffmpeg/run-ffmpeg.ts';
import { type QueueName, queueNames, queues } from '../../jobs/queues.ts';
import { createLog } from '../../log.ts';
import { toolTrials } from '../../packaging/tool-trials.ts';
import { openSandbox } from '../../process/open-sandbox.ts';
import { startWorker } from '../start-worker.ts';
import { workRootOf } from '../work-folders.ts';

/**
 * The process of a CPU worker, on all queues of its fleet or on those given. Resolves when it is ready. Rejects with SANDBOX_UNAVAILABLE where
 * this machine cannot confine tools as it must.
 */
export async function runCpuWorker(config: Config, options: { queues?: QueueName[] } = {}): Promise<void> {
  const log = createLog({ level: config.LOG_LEVEL, name: 'worker-cpu' });
  const tools = await findTools({ ffmpegPath: config.FFMPEG_PATH, ffprobePath: config.FFPROBE_PATH });
  const sandbox = await openSandbox({
    ...{ mode: config.REELMILL_SANDBOX, moreReads: config.REELMILL_SANDBOX_READS },
    ...{ workRoot: workRootOf(config), home: config.REELMILL_HOME, tools: toolTrials(tools), log },
  });
  await startWorker(config, {
    fleet: 'cpu',
    queueNames: options.queues ?? queueNames.filter((name) => queues[name].fleet === 'cpu'),
    ffmpeg: createFfmpeg({ tools, log, stallTimeoutMs: config.STALL_TIMEOUT_MS, sandbox }),
    sandbox,
    log,
  });
}
