import type { Config } from '../../config.ts';
import { findTools } from '../../ffmpeg/find-tools.ts';
import { createFfmpeg } from '../../ffmpeg/run-ffmpeg.ts';
import { queueNames, queues } from '../../jobs/queues.ts';
import { createLog } from '../../log.ts';
import { startWorker } from '../start-worker.ts';
import { checkDevice } from './check-device.ts';

/** Exit code of a GPU worker on a machine that cannot encode. */
const noDevice = 3;
const checkTimeoutMs = 30_000;

/**
 * The process of a GPU worker. Where one frame cannot be encoded with NVENC it says why and ends with exit code 3: a worker that
 * takes jobs which it can only fail is worse than none.
 */
export async function runGpuWorker(config: Config): Promise<void> {
  const log = createLog({ level: config.LOG_LEVEL, name: 'worker-gpu' });
  const tools = await findTools({ ffmpegPath: config.FFMPEG_PATH, ffprobePath: config.FFPROBE_PATH });
  const ffmpeg = createFfmpeg({ tools, log, stallTimeoutMs: config.STALL_TIMEOUT_MS });
  const reason = await checkDevice(ffmpeg, { signal: AbortSignal.timeout(checkTimeoutMs) });
  if (reason !== null) {
    process.stderr.write(`No GPU that can encode: ${reason}\nRun "reelmill worker cpu" on this machine instead.\n`);
    process.exitCode = noDevice;
    return;
  }
  const names = queueNames.filter((name) => queues[name].fleet === 'gpu');
  await startWorker(config, { fleet: 'gpu', queueNames: names, tools, log });
}
