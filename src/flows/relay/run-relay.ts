import type { Database } from '../../database/database.ts';
import { createReconciler } from '../reconcile.ts';
import { sweep } from '../sweep.ts';
import { type DeliveryOptions, deliverEntry } from './deliver-entry.ts';
import { repeat } from './repeat.ts';

interface Options extends DeliveryOptions {
  database: Database;
  outboxPollMs: number;
  reconcileMs: number;
  /** How long an upload may take, ms. */
  uploadExpiresMs: number;
}

const mostEntries = 100;
const mostUploads = 100;

/**
 * Sends the outbox to the queue, reconciles rows with the queue (one relay at a time, however many run), sweeps, and gives up uploads that
 * nobody completes. Begins at once; `close` waits for what is under way.
 */
export async function startRelay(options: Options): Promise<{ close(): Promise<void> }> {
  const { database, queues, jobs, log } = options;

  const sendOutbox = () => database.outbox.send((entry) => deliverEntry(options, entry), mostEntries);
  const reconcile = createReconciler({ database, queues, jobs, log });
  const compare = async () => {
    await database.exclusively('reconcile', async () => {
      await reconcile();
      await sweep({ database, queues, jobs, log }, new Date());
      await database.idempotency.sweep(new Date());
      await database.rateLimits.sweep(new Date());
    });
  };

  // A full batch means that more waits.
  const sender = repeat('outbox', options.outboxPollMs, async () => (await sendOutbox()) === mostEntries, log);
  const reconciler = repeat('reconcile', options.reconcileMs, async () => void (await compare()), log);
  const expirer = repeat('expiry of uploads', options.reconcileMs, () => expireUploads(options), log);
  const listener = await database.outbox.listen(() => sender.soon());
  return {
    async close() {
      await listener.close();
      await Promise.all([sender.stop(), reconciler.stop(), expirer.stop()]);
    },
  };
}

/** True where more of them may wait. */
async function expireUploads({ database, uploadExpiresMs, log }: Options): Promise<boolean> {
  const expired = await database.control.expireUploads(new Date(Date.now() - uploadExpiresMs), mostUploads);
  if (expired.length > 0) log.info({ videos: expired.length }, 'uploads expired');
  return expired.length === mostUploads;
}
