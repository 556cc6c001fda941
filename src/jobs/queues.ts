import type { Fleet } from '../plan/encode-plan.ts';

export interface QueueRow {
  /** Which machines work it off. */
  fleet: Fleet;
  /** Jobs at once in one process: a number, or the process's slots (one an encode). */
  concurrency: number | 'slots';
  /** `light` queues have short locks, `encode` queues long ones (configuration). */
  locks: 'light' | 'encode';
}

/** Every queue of the system: workers, board and metrics read this table. */
export const queues = {
  control: { fleet: 'cpu', concurrency: 4, locks: 'light' },
  media: { fleet: 'cpu', concurrency: 2, locks: 'light' },
  'encode-cpu': { fleet: 'cpu', concurrency: 'slots', locks: 'encode' },
  'encode-gpu': { fleet: 'gpu', concurrency: 'slots', locks: 'encode' },
} as const satisfies Record<string, QueueRow>;

export type QueueName = keyof typeof queues;
export const queueNames = Object.keys(queues) as QueueName[];
