import { setTimeout as sleep } from 'node:timers/promises';
import { readConfig } from '../src/config.ts';
import type { Database } from '../src/database/database.ts';
import { migrate } from '../src/database/migrate.ts';
import { openDatabase } from '../src/database/open-database.ts';
import { connectQueues } from '../src/flows/connect-queues.ts';
import { createTree } from '../src/flows/create-tree.ts';
import { startRelay } from '../src/flows/relay/run-relay.ts';
import { within } from '../src/flows/time-out.ts';
import { newId } from '../src/ids.ts';
import type { JobServices } from '../src/jobs/services.ts';
import { createClosers } from '../src/lifecycle.ts';
import { homeAt, makeHome } from '../src/local/home.ts';
import { startServices } from '../src/local/start-services.ts';
import { createLog } from '../src/log.ts';
import { originalKey } from '../src/storage/keys.ts';
import { openStorage } from '../src/storage/open-storage.ts';
import { runWorkers } from '../src/workers/run-workers.ts';
import { controlJobs } from './control-jobs.ts';
import { rawChildrenPerSecond } from './raw-flow.ts';

export interface ControlResult {
  segments: number;
  segmentsPerSecond: number;
  rawChildrenPerSecond: number;
}

const segments = 500;
const slots = 10;

/**
 * The control plane alone: a video of many segments from outbox to ready with real rows and a real queue (submit, take,
 * commit, fan-in, finalize), in which nothing is encoded or stored; and raw BullMQ's flow children on the same queue server.
 */
export async function measureControl(folder: string): Promise<ControlResult> {
  const log = createLog({ level: 'error', name: 'bench' });
  const config = readConfig({ ...process.env, WORKER_SLOTS: String(slots) });
  const home = homeAt(`${folder}/control`);
  await makeHome(home);
  const closers = createClosers();
  try {
    const watcher = () => ({ died: () => {}, failed: () => {}, gaveUp: () => {}, restarted: () => {} });
    const { databaseUrl, redisUrl } = await startServices({ config, home, closers, watcher });
    await migrate({ url: databaseUrl, log });
    const database = await openDatabase({ url: databaseUrl, log });
    closers.push('database', () => database.close());
    const queues = await connectQueues({ redisUrl: redisUrl ?? undefined, databaseUrl, log });
    closers.push('queues', () => queues.close());

    const jobs = controlJobs(segments);
    const ports = database.jobPorts(newId('wrk'));
    const tree = createTree({ queues, jobs, missing: ports.tasks.missing, ordering: database.runs.ordering });
    // The jobs of this benchmark use rows and queue alone: tools are confined for them, and never run.
    const tool = { within: () => tool };
    const services = { ...ports, tree, log, ffmpeg: tool, packager: tool, sources: {} } as unknown as JobServices;
    const storage = await openStorage({ ...config, REELMILL_HOME: home.root, REELMILL_SECRET: newId('key').repeat(2) });
    const relay = await startRelay({
      ...{ database, queues, storage, jobs, log },
      ...{ outboxPollMs: 1_000, reconcileMs: 30_000, uploadExpiresMs: 24 * 3_600_000 },
    });
    closers.push('relay', () => relay.close());
    const workers = await runWorkers({
      workerId: newId('wrk'),
      fleet: 'cpu',
      queueNames: ['control', 'media', 'encode-cpu'],
      queues,
      jobs,
      services,
      sandbox: 'none',
      database,
      workRoot: `${folder}/work`,
      config,
      log,
    });
    closers.push('workers', () => workers.stop());

    await oneVideo(database); // warm: connections, plans, code
    const seconds = await oneVideo(database);
    return {
      segments,
      segmentsPerSecond: segments / seconds,
      // A queue server that does not let us in would be asked for ever.
      rawChildrenPerSecond: redisUrl
        ? await within(60_000, 'raw BullMQ', rawChildrenPerSecond(redisUrl, segments, slots))
        : Number.NaN,
    };
  } finally {
    await closers.closeAll();
  }
}

/** Seconds from the acknowledged upload to ready. */
async function oneVideo(database: Database): Promise<number> {
  const id = newId('vid');
  const fileSize = 1_000;
  await database.videos.create({
    id,
    creatorId: 'bench',
    title: 'bench',
    filename: 'bench.mp4',
    contentType: 'video/mp4',
    originalKey: originalKey(id, 'bench.mp4'),
    uploadId: null,
    partSize: fileSize,
    fileSize,
    priority: 'normal',
    preset: 'standard',
  });
  const begun = performance.now();
  await database.videos.uploaded(id, { etag: id, bytes: fileSize });
  for (;;) {
    const video = await database.videos.find(id);
    if (video?.status === 'ready') return (performance.now() - begun) / 1_000;
    if (video?.status === 'failed') throw new Error(`${video.errorCode}: ${video.errorDetail}`);
    await sleep(20);
  }
}
