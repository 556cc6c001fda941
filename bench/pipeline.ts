import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readinessSchema } from '../src/api/service/service-answers.ts';
import { createApiClient, videoAnswer } from '../src/cli/api-client.ts';
import { uploadFile } from '../src/cli/upload-file.ts';
import { readConfig } from '../src/config.ts';
import { homeAt } from '../src/local/home.ts';
import { startLocal } from '../src/local/start-local.ts';
import { createLog } from '../src/log.ts';
import { cpuSeconds } from './cpu-seconds.ts';

export interface PipelineResult {
  /** Of API, relay, worker and all their children, from the upload's first request to ready. */
  cpuSeconds: number;
  wallSeconds: number;
  queue: 'redis' | 'postgres';
  /** What the worker's tools were confined by, as /readyz tells. */
  sandbox: string;
  cores: number;
}

/** Runs the whole product on one clip, in a home of its own, with one CPU worker. */
export async function measurePipeline(clip: string, folder: string): Promise<PipelineResult> {
  const root = join(folder, 'home');
  const config = readConfig({ ...process.env, REELMILL_HOME: root, API_PORT: '0', LOG_LEVEL: 'warn' });
  const log = createLog({ level: 'warn', name: 'bench' });
  const local = await startLocal({ config, home: homeAt(root), cpuWorkers: 1, log });
  try {
    const { api_url: url, api_key: key, pids, redis_url: redisUrl } = local.run;
    const ours = [pids.api, pids.relay, ...pids.workers];
    const api = createApiClient({ url, key });
    const { sandbox } = await api.call('GET', '/readyz', readinessSchema);

    const cpuBefore = cpuSeconds(ours);
    const begun = performance.now();
    const videoId = await uploadFile(api, clip, () => {});
    for (;;) {
      const video = await api.call('GET', `/api/v1/videos/${videoId}`, videoAnswer);
      if (video.status === 'ready') break;
      if (video.error) throw new Error(`${video.error.code}: ${video.error.detail}`);
      await sleep(500); // as often as `reelmill ingest` asks
    }
    return {
      wallSeconds: (performance.now() - begun) / 1_000,
      cpuSeconds: cpuSeconds(ours) - cpuBefore,
      queue: redisUrl ? 'redis' : 'postgres',
      sandbox: Object.keys(sandbox.workers ?? {}).join() || 'unknown',
      cores: availableParallelism(),
    };
  } finally {
    await local.stop();
  }
}
