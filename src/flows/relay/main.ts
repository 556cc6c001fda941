import type { Config } from '../../config.ts';
import { jobs } from '../../jobs/index.ts';
import { createLog } from '../../log.ts';
import { startProcess } from '../start-process.ts';
import { startRelay } from './run-relay.ts';

/** The relay's process: outbox to queue, reconciler, sweeper. Needs DATABASE_URL. Resolves when it is ready. */
export async function runRelay(config: Config): Promise<void> {
  const log = createLog({ level: config.LOG_LEVEL, name: 'relay' });
  await startProcess(config, log, async ({ database, queues, closers }) => {
    const relay = await startRelay({
      database,
      queues,
      jobs,
      outboxPollMs: config.OUTBOX_POLL_MS,
      reconcileMs: config.RECONCILE_INTERVAL_MS,
      log,
    });
    closers.push('relay', () => relay.close());
    return { queue: queues.backend };
  });
}
