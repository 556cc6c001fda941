import type { Logger } from '../log.ts';
import { type AdmissionState, admit, emptyAdmission, leave } from './admission-state.ts';

/** Lets jobs of one process begin as far as its memory goes. */
export interface Admission {
  /**
   * Resolves when there is memory for the job, in the order of asking; call `leave` when it has ended. `onWait` is called
   * where it has to wait. Rejects with NoRoom where another one of its queue waits, and with the signal's reason.
   */
  enter(
    job: { queue: string; memoryBytes: number },
    options: { signal: AbortSignal; log: Logger; onWait: () => void },
  ): Promise<{ leave(): void }>;
}

/** There is no memory for a job, and another one of its queue waits for it already. */
export class NoRoom extends Error {
  constructor() {
    super('no memory for this job here: another worker may have it');
    this.name = 'NoRoom';
  }
}

/**
 * Counts what the jobs of this process are estimated to take. `onHeld` is called when a job of a queue begins to wait, and
 * when it waits no longer: meanwhile this process should take no other job from that queue.
 */
export function createAdmission(options: {
  budgetBytes: number;
  onHeld: (queue: string, held: boolean) => void;
}): Admission {
  let state: AdmissionState = emptyAdmission(options.budgetBytes);
  let lastId = 0;
  const begin = new Map<number, () => void>();
  const out = (id: number) => {
    const next = leave(state, id);
    state = next.state;
    for (const { id: admitted } of next.admitted) begin.get(admitted)?.();
  };

  return {
    async enter({ queue, memoryBytes }, { signal, log, onWait }) {
      signal.throwIfAborted();
      lastId += 1;
      const id = lastId;
      const facts = { memoryBytes, budgetBytes: options.budgetBytes };
      const { verdict, ...next } = admit(state, { id, queue, memoryBytes });
      state = next.state;
      if (verdict === 'refused') throw new NoRoom();
      if (verdict === 'waits') {
        log.info(facts, 'job waits for memory');
        options.onHeld(queue, true);
        onWait();
        try {
          await untilBegun(begin, id, signal);
        } catch (error) {
          out(id);
          throw error;
        } finally {
          begin.delete(id);
          options.onHeld(queue, false);
        }
      }
      if (memoryBytes > options.budgetBytes) log.warn(facts, 'job is larger than WORKER_MEMORY_BYTES: it runs alone');
      return { leave: () => out(id) };
    },
  };
}

function untilBegun(begin: Map<number, () => void>, id: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    begin.set(id, () => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    });
  });
}
