import { format } from 'node:util';
import { type Logger, pino } from 'pino';
import { describeError, withoutCredentials } from './words/describe-error.ts';
import { escapeUnseen } from './words/escape-unseen.ts';

export type { Logger };

/**
 * The log of one process: JSON lines on standard error (standard output belongs to commands' results). pino writes C0 controls as escapes; here
 * everything else that a terminal or a viewer acts on becomes one too, whichever field it is in, and no URL keeps its password.
 */
export function createLog(options: { level: string; name: string }): Logger {
  const destination = pino.destination(2);
  return pino(
    {
      level: options.level,
      name: options.name,
      base: { name: options.name, pid: process.pid },
      serializers: { err: (thrown: unknown) => describeError(thrown) },
    },
    {
      write: (line: string) => void destination.write(escapeUnseen(withoutCredentials(line))),
    },
  );
}

/** What packages write to the console becomes a line of the log, each text once: BullMQ warns with each of its connections. */
export function consoleToLog(log: Logger): void {
  const said = new Set<string>();
  console.warn = (...words: unknown[]) => {
    const text = format(...words);
    if (said.has(text)) return;
    said.add(text);
    log.warn(text);
  };
}
