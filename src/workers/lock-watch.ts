import type { QueueWorker } from '../flows/queue-connection.ts';

/** Tells a delivery that its lock is gone, or must be taken for gone. */
export interface LockWatch {
  /** Calls `onLost` once, if the lock of this job is lost before `done` is called. */
  watch(jobId: string, onLost: () => void): { done(): void };
  close(): void;
}

/**
 * Watches the locks of one worker. The queue's word that a renewal was refused ends a job at once; and as a worker that is cut
 * off gets no word at all, so does our own clock when `lockMs` have passed since the last renewal.
 */
export function watchLocks(worker: QueueWorker, lockMs: number): LockWatch {
  const held = new Map<string, { since: number; onLost: () => void }>();
  const lose = (jobId: string) => {
    const lock = held.get(jobId);
    held.delete(jobId);
    lock?.onLost();
  };
  worker.on('locksRenewed', ({ jobIds }) => {
    for (const id of jobIds) {
      const lock = held.get(id);
      if (lock) lock.since = performance.now();
    }
  });
  worker.on('lockRenewalFailed', (jobIds) => jobIds.forEach(lose));
  const timer = setInterval(
    () => {
      for (const [id, { since }] of held) {
        if (performance.now() - since > lockMs) lose(id);
      }
    },
    Math.min(1_000, lockMs / 4),
  );
  timer.unref();

  return {
    watch(jobId, onLost) {
      const lock = { since: performance.now(), onLost };
      held.set(jobId, lock);
      return {
        done() {
          if (held.get(jobId) === lock) held.delete(jobId);
        },
      };
    },
    close: () => clearInterval(timer),
  };
}
