import { join } from 'node:path';
import type { Config } from '../../config.ts';
import { jobs } from '../../jobs/index.ts';
import { createLog } from '../../log.ts';
import { openStorage } from '../../storage/open-storage.ts';
import { requireStorage } from '../../storage/require-storage.ts';
import { startProcess } from '../start-process.ts';
import { startRelay } from './run-relay.ts';
import { startFetching } from './start-fetching.ts';

/** The relay's process: outbox to queue, reconciler, sweepers. Needs DATABASE_URL and the storage. Resolves when it is ready. */
export async function runRelay(config: Config): Promise<void> {
  const log = createLog({ level: config.LOG_LEVEL, name: 'relay' });
  await requireStorage(config);
  await startProcess(config, log, async ({ database, queues, closers }) => {
    const storage = await openStorage(config);
    const relay = await startRelay({
      database,
      queues,
      storage,
      jobs,
      outboxPollMs: config.OUTBOX_POLL_MS,
      reconcileMs: config.RECONCILE_INTERVAL_MS,
      uploadExpiresMs: config.UPLOAD_EXPIRES_SECONDS * 1_000,
      log,
    });
    closers.push('relay', () => relay.close());
    if (config.INGEST_URLS === 'on') {
      const fetching = await startFetching(
        {
          ...{ database, storage, log },
          folder: join(config.REELMILL_HOME, 'fetching'),
          allowedNetworks: config.INGEST_NETWORKS,
          maxBytes: config.MAX_UPLOAD_BYTES,
          timeoutMs: config.INGEST_TIMEOUT_SECONDS * 1_000,
        },
        { pollMs: config.OUTBOX_POLL_MS, lanes: config.INGEST_LANES },
      );
      closers.push('fetching', () => fetching.close());
    }
    return { queue: queues.backend };
  });
}
