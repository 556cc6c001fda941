import { setTimeout as sleep } from 'node:timers/promises';
import { countDeath, restartDelay } from './restart-delay.ts';
import { StartRefused } from './start-refused.ts';

/** What can be kept running: something with a process id, an end, and a way to stop it. */
export interface Running {
  pid: number;
  startedAt: number;
  /** In words. */
  ended: Promise<string>;
  stop(graceMs: number): Promise<void>;
}

export interface KeptRunning {
  /** Of the process that runs now, or ran last. */
  readonly pid: number;
  /** It has ended and will not be started again. */
  readonly givenUp: boolean;
  stop(graceMs: number): Promise<void>;
}

export interface Watcher {
  died(pid: number, how: string, waitMs: number): void;
  restarted(pid: number): void;
  /** A restart failed; it is tried again. */
  failed(error: unknown, waitMs: number): void;
  /** It can never run as it is set up: it is not tried again. */
  gaveUp(error: StartRefused): void;
}

/**
 * Starts a process, and starts it again whenever it ends without having been stopped, unless it says that it cannot run here (StartRefused).
 * The first start may reject.
 */
export async function keepRunning(start: () => Promise<Running>, watcher: Watcher): Promise<KeptRunning> {
  let current = await start();
  let givenUp = false;
  const stopping = new AbortController();

  const watch = async () => {
    let deaths = 0;
    while (!stopping.signal.aborted) {
      const how = await current.ended;
      if (stopping.signal.aborted) return;
      deaths = countDeath(deaths, Date.now() - current.startedAt);
      watcher.died(current.pid, how, restartDelay(deaths));
      for (;;) {
        await sleep(restartDelay(deaths), undefined, { signal: stopping.signal });
        try {
          current = await start();
          break;
        } catch (error) {
          if (error instanceof StartRefused) {
            givenUp = true;
            watcher.gaveUp(error);
            return;
          }
          deaths += 1;
          watcher.failed(error, restartDelay(deaths));
        }
      }
      if (stopping.signal.aborted) return; // stop() waits for this loop and ends what has just been started
      watcher.restarted(current.pid);
    }
  };
  const watching = watch().catch((error: unknown) => {
    if (!stopping.signal.aborted) throw error;
  });

  return {
    get pid() {
      return current.pid;
    },
    get givenUp() {
      return givenUp;
    },
    stop: async (graceMs) => {
      stopping.abort();
      await current.stop(graceMs);
      await watching;
      await current.stop(graceMs);
    },
  };
}
