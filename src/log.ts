import { type Logger, pino } from 'pino';

export type { Logger };

/** The log of one process: JSON lines on standard error (standard output belongs to commands' results). */
export const createLog = (options: { level: string; name: string }): Logger =>
  pino(
    { level: options.level, name: options.name, base: { name: options.name, pid: process.pid } },
    pino.destination(2),
  );
