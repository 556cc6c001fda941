import { setTimeout as wait } from 'node:timers/promises';
import type { Logger } from '../../log.ts';

/**
 * Does `work` now and then every `everyMs`, never twice at once; at once again where it gives true, or was called `soon`. What
 * it throws is logged, and it is tried again at the next turn.
 */
export function repeat(
  name: string,
  everyMs: number,
  work: () => Promise<unknown>,
  log: Logger,
): { soon(): void; stop(): Promise<void> } {
  let stopped = false;
  let called = false;
  let wake = new AbortController();

  const turn = async () => {
    while (!stopped) {
      called = false;
      const again = await work().catch((error: unknown) => {
        if (!stopped) log.error({ err: error }, `${name} failed`);
        return false;
      });
      if (again === true || called || stopped) continue;
      wake = new AbortController();
      await wait(everyMs, undefined, { signal: wake.signal, ref: true }).catch(() => {});
    }
  };
  const running = turn();
  return {
    soon() {
      called = true;
      wake.abort();
    },
    stop() {
      stopped = true;
      wake.abort();
      return running;
    },
  };
}
