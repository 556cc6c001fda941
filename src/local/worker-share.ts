import { availableParallelism } from 'node:os';
import type { Config } from '../config.ts';

/** What one worker process may do at once. */
export interface WorkerShare {
  slots: number;
  /** Estimated, of all its jobs together. */
  memoryBytes: number;
}

/** Pure but for the number of cores: the share of each of `workers` processes on this machine. What the environment sets is each one's own. */
export function workerShare(
  config: Pick<Config, 'WORKER_SLOTS' | 'WORKER_MEMORY_BYTES'>,
  environment: NodeJS.ProcessEnv,
  workers: number,
): WorkerShare {
  return {
    slots: environment.WORKER_SLOTS ? config.WORKER_SLOTS : slotsEach(availableParallelism(), workers),
    memoryBytes: environment.WORKER_MEMORY_BYTES
      ? config.WORKER_MEMORY_BYTES
      : memoryEach(config.WORKER_MEMORY_BYTES, workers),
  };
}

/** Pure: encodes at once in each of `workers` processes on one machine, so that together they use every core once. */
export const slotsEach = (cores: number, workers: number): number => Math.max(1, Math.ceil(cores / workers));

/** Pure: the budget of each of `workers` processes on one machine, bytes: together they stay within what one would have. */
export const memoryEach = (bytes: number, workers: number): number => Math.floor(bytes / workers);

/** Pure: a share in words, for people. */
export const shareWords = ({ slots, memoryBytes }: WorkerShare): string =>
  `${slots} encode${slots === 1 ? '' : 's'} at once, as far as ${(memoryBytes / 2 ** 30).toFixed(1)} GiB of memory go`;
