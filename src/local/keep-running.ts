import { setTimeout as sleep } from 'node:timers/promises';
import { countDeath, restartDelay } from './restart-delay.ts';

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
  stop(graceMs: number): Promise<void>;
}

export interface Watcher {
  died(pid: number, how: string, waitMs: number): void;
  restarted(pid: number): void;
  /** A restart failed; it is tried again. */
  failed(error: unknown, waitMs: number): void;
}

/** Starts a process, and starts it again whenever it ends without having been stopped. The first start may reject. */
export async function keepRunning(start: () => Promise<Running>, watcher: Watcher): Promise<KeptRunning> {
  let current = await start();
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
    stop: async (graceMs) => {
      stopping.abort();
      await current.stop(graceMs);
      await watching;
      await current.stop(graceMs);
    },
  };
}
