import type { Config } from '../../config.ts';
import { findTools } from '../../ffmpeg/find-tools.ts';
import { type QueueName, queueNames, queues } from '../../jobs/queues.ts';
import { createLog } from '../../log.ts';
import { startWorker } from '../start-worker.ts';

/** The process of a CPU worker, on all queues of its fleet or on those given. Resolves and rejects as `startWorker`. */
export async function runCpuWorker(config: Config, options: { queues?: QueueName[] } = {}): Promise<void> {
  const log = createLog({ level: config.LOG_LEVEL, name: 'worker-cpu' });
  const tools = await findTools({ ffmpegPath: config.FFMPEG_PATH, ffprobePath: config.FFPROBE_PATH });
  const names = options.queues ?? queueNames.filter((name) => queues[name].fleet === 'cpu');
  await startWorker(config, { fleet: 'cpu', queueNames: names, tools, log });
}
