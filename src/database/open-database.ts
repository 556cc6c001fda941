import { CatalogueError } from '../errors/catalogue-error.ts';
import type { Logger } from '../log.ts';
import { type Client, connect } from './client.ts';
import { commitProbe } from './commit-probe.ts';
import { commitReady } from './commit-ready.ts';
import { createCommitter } from './commit-tasks.ts';
import { connectError } from './connect-error.ts';
import { readCounts } from './counts.ts';
import type { Database } from './database.ts';
import { openEvents } from './events.ts';
import { exclusively } from './exclusively.ts';
import { openIdempotentRequests } from './idempotency.ts';
import { openIngest } from './ingest.ts';
import { openKeys } from './keys.ts';
import { createNotifier, type Notifier } from './notifier.ts';
import { openControl } from './open-control.ts';
import { openLibrary } from './open-library.ts';
import { openOutbox } from './outbox.ts';
import { openPlayback } from './playback.ts';
import { openPresets } from './presets.ts';
import { openRateLimits } from './rate-limits.ts';
import { readProgress } from './read-progress.ts';
import { requireMigrated } from './require-migrated.ts';
import { openRuns } from './runs.ts';
import { runsPort } from './runs-port.ts';
import { savePlan } from './save-plan.ts';
import { takeTask } from './take-task.ts';
import { taskOutcomes } from './task-outcomes.ts';
import { createTaskProgress } from './task-progress.ts';
import { openVideos, videosPort } from './videos.ts';
import { openWorkers } from './workers.ts';

/**
 * Opens the database of a Postgres; whether it is migrated, `requireMigrated` tells. Rejects with SERVICE_UNAVAILABLE where it does not answer,
 * with CONFIG_INVALID where it refuses the role, the password or the database.
 */
export async function openDatabase({ url, log }: { url: string; log: Logger }): Promise<Database> {
  const client = connect({ url, log });
  const notifier = createNotifier(client);
  const opened: ReturnType<Database['jobPorts']>[] = [];
  const listening = { url, onLost: (error: unknown) => log.warn({ err: error }, 'listening to Postgres was cut off') };
  const database: Database = {
    jobPorts(workerId) {
      const ports = jobPorts(client, notifier, { workerId, log });
      opened.push(ports);
      return ports;
    },
    videos: openVideos(client, notifier),
    runs: openRuns(client, notifier),
    tasks: taskOutcomes(client, notifier),
    outbox: openOutbox(client, listening),
    playback: openPlayback(client, listening),
    ingest: openIngest(client, notifier),
    idempotency: openIdempotentRequests(client),
    rateLimits: openRateLimits(client),
    events: openEvents(client, listening),
    work: (videoId) => readProgress(client, videoId),
    control: openControl(client, notifier),
    presets: openPresets(client),
    workers: openWorkers(client),
    library: openLibrary(client, notifier),
    counts: () => readCounts(client),
    keys: openKeys(client),
    exclusively: exclusively(client),
    requireMigrated: () => requireMigrated(client.sql),
    ping: (timeoutMs) => ping(client, timeoutMs),
    async close() {
      await Promise.allSettled(opened.map((ports) => ports.flush()));
      await notifier.flush();
      await client.close();
    },
  };
  try {
    await client.pool.query('SELECT 1');
  } catch (error) {
    await client.close();
    throw connectError(error, url);
  }
  return database;
}

function jobPorts(
  client: Client,
  notifier: Notifier,
  { workerId, log }: { workerId: string; log: Logger },
): ReturnType<Database['jobPorts']> {
  const committer = createCommitter(client, notifier);
  const progress = createTaskProgress(client, notifier, log);
  return {
    tasks: {
      async take(ref) {
        const taken = await takeTask(client, ref, workerId);
        notifier.videoChanged(ref.videoId);
        return taken;
      },
      commit: committer.commit,
      async commitProbe(task, artefacts, probe) {
        await commitProbe(client, task, artefacts, probe);
        notifier.videoChanged(task.videoId);
      },
      savePlan: (task, plan, specs) => savePlan(client, task, plan, specs),
      async commitReady(task, outputs) {
        const done = await commitReady(client, task, outputs);
        if (done) notifier.outboxEntry();
        notifier.videoChanged(task.videoId);
      },
      progress: progress.report,
      async missing(runId) {
        const rows = await client.sql<{ name: string }>(
          `SELECT name FROM transcoding_tasks WHERE run_id = $1 AND status <> 'completed' ORDER BY id`,
          [runId],
        );
        return rows.map(({ name }) => name);
      },
    },
    runs: runsPort(client, notifier),
    videos: videosPort(client, notifier),
    async flush() {
      await committer.flush();
      await progress.flush();
    },
  };
}

async function ping(client: Client, timeoutMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new CatalogueError('SERVICE_UNAVAILABLE', `Postgres has not answered in ${timeoutMs} ms`)),
      timeoutMs,
    );
  });
  try {
    await Promise.race([client.sql('SELECT 1'), late]);
  } finally {
    clearTimeout(timer);
  }
}
