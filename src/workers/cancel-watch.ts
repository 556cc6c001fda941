import type { Database } from '../database/database.ts';
import type { Logger } from '../log.ts';

/** Tells a delivery that nobody wants its run any more. */
export interface CancelWatch {
  /** Calls `onCancelled` once, if the run is cancelled before `done` is called. */
  watch(run: { videoId: string; runId: string }, onCancelled: () => void): { done(): void };
  close(): Promise<void>;
}

const defaultPollMs = 5_000;

interface Options {
  database: Pick<Database, 'events' | 'control'>;
  log: Logger;
  /** Hints can be lost: a cancelled job is ended after this time at the latest, ms. */
  pollMs?: number;
}

/**
 * Watches the runs that this process works on: looks at their rows when one of their videos has changed, and every few seconds. Those that a newer
 * run has taken the place of go on: what they commit is taken over. Rejects with SERVICE_UNAVAILABLE where Postgres does not answer.
 */
export async function watchCancels({ database, log, pollMs = defaultPollMs }: Options): Promise<CancelWatch> {
  const watched = new Map<object, { videoId: string; runId: string; onCancelled: () => void }>();
  let looking: Promise<void> | undefined;
  let lookAgain = false;

  const look = async () => {
    const runIds = [...new Set([...watched.values()].map(({ runId }) => runId))];
    if (runIds.length === 0) return;
    const cancelled = new Set(await database.control.cancelled(runIds));
    for (const [key, { runId, onCancelled }] of watched) {
      if (cancelled.has(runId) && watched.delete(key)) onCancelled();
    }
  };
  // One look at a time: what is told of meanwhile is looked for in the next.
  const lookSoon = () => {
    lookAgain = true;
    looking ??= (async () => {
      while (lookAgain) {
        lookAgain = false;
        await look().catch((error: unknown) => log.warn({ err: error }, 'cancelled runs could not be looked for'));
      }
      looking = undefined;
    })();
  };

  const listener = await database.events.listen((changed) => {
    if (changed === '' || [...watched.values()].some(({ videoId }) => videoId === changed)) lookSoon();
  });
  const timer = setInterval(lookSoon, pollMs);
  timer.unref();
  return {
    watch(run, onCancelled) {
      const key = {};
      watched.set(key, { ...run, onCancelled });
      return { done: () => void watched.delete(key) };
    },
    async close() {
      clearInterval(timer);
      await listener.close();
      await looking;
    },
  };
}
