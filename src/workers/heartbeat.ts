import type { Database } from '../database/database.ts';
import type { Logger } from '../log.ts';

const everyMs = 5_000;

/** Writes the worker's row now (rejects where it cannot be written) and every 5 s; on `stop`, that it has ended, and nothing after that. */
export async function startHeartbeat(
  database: Pick<Database, 'workers'>,
  log: Logger,
  state: () => Parameters<Database['workers']['heartbeat']>[0],
): Promise<{ stop(): Promise<void> }> {
  await database.workers.heartbeat(state());
  let beat = Promise.resolve();
  const timer = setInterval(() => {
    beat = database.workers.heartbeat(state()).catch((error: unknown) => log.warn({ err: error }, 'heartbeat failed'));
  }, everyMs);
  return {
    async stop() {
      clearInterval(timer);
      await beat; // one that came after the end would have the worker live on
      await database.workers.stopped(state().id);
    },
  };
}
