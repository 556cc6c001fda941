import type { Database } from '../../database/database.ts';
import type { Pipeline } from '../../jobs/define-job.ts';
import type { Logger } from '../../log.ts';
import type { QueueConnection } from '../queue-connection.ts';
import { createReconciler } from '../reconcile.ts';
import { submitRun } from '../submit.ts';
import { sweep } from '../sweep.ts';
import { repeat } from './repeat.ts';

interface Options {
  database: Database;
  queues: QueueConnection;
  jobs: Pipeline;
  outboxPollMs: number;
  reconcileMs: number;
  log: Logger;
}

const mostEntries = 100;

/**
 * Sends the outbox to the queue, reconciles rows with the queue (one relay at a time, however many run) and sweeps. Begins at
 * once; `close` waits for what is under way.
 */
export async function startRelay(options: Options): Promise<{ close(): Promise<void> }> {
  const { database, queues, jobs, log } = options;

  const sendOutbox = () => database.outbox.send((entry) => deliver(options, entry), mostEntries);
  const reconcile = createReconciler({ database, queues, jobs, log });
  const compare = async () => {
    await database.exclusively('reconcile', async () => {
      await reconcile();
      await sweep({ database, queues, jobs, log }, new Date());
    });
  };

  // A full batch means that more waits.
  const sender = repeat('outbox', options.outboxPollMs, async () => (await sendOutbox()) === mostEntries, log);
  const reconciler = repeat('reconcile', options.reconcileMs, async () => void (await compare()), log);
  const listener = await database.outbox.listen(() => sender.soon());
  return {
    async close() {
      await listener.close();
      await Promise.all([sender.stop(), reconciler.stop()]);
    },
  };
}

type Entry = Parameters<Parameters<Database['outbox']['send']>[0]>[0];

async function deliver({ database, queues, jobs, log }: Options, { topic, videoId, payload }: Entry): Promise<void> {
  switch (topic) {
    case 'run.submit': {
      const { runId } = payload;
      if (!(await database.runs.isCurrent(runId))) return;
      const { priority, backlog } = await database.runs.ordering(runId);
      await submitRun(queues, jobs, { videoId, runId }, { priority, backlog });
      await database.runs.submitted(runId);
      log.info({ videoId, runId }, 'run submitted');
      return;
    }
    case 'video.ready':
    case 'video.failed':
      return; // nobody subscribes yet
  }
}
