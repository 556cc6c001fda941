import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FromVictim, Report } from './victim.ts';

/** How a file ended in a victim, and what that wrote to its log meanwhile. */
export type Ending = { log: string } & (
  | { kind: 'report'; report: Report }
  | { kind: 'exit'; how: string }
  | { kind: 'hang'; seconds: number }
);

export interface Victim {
  treat(path: string): Promise<Ending>;
  /** No longer there: it has died, or was ended for its silence. */
  gone(): boolean;
  stop(): Promise<void>;
}

/** Without a sign for so long, a victim hangs. */
const silenceMs = 30_000;

/** Things that must never be told, in the environment of every victim. */
export const canaries = {
  REELMILL_SECRET: 'canary-of-the-secret-0123456789abcdef',
  DATABASE_URL: 'postgres://canary-user:canary-password@127.0.0.1:1/canary-database',
  REELMILL_API_KEY: 'canary-of-the-key',
};

/** Starts a process that treats files; its log goes to a file in `folder`. */
export async function startVictim(folder: string, name: string): Promise<Victim> {
  const logPath = join(folder, `victim-${name}.log`);
  const logFile = openSync(logPath, 'a');
  const child: ChildProcess = fork(join(import.meta.dirname, 'victim.ts'), [], {
    env: { ...process.env, ...canaries, TMPDIR: folder },
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'ignore', logFile, 'ipc'],
  });
  closeSync(logFile);
  let how: string | null = null;
  let read = 0;
  let heard = (_message: FromVictim) => {};
  let left = () => {};
  const exited = once(child, 'exit').then(([code, signal]) => {
    how = `${code ?? signal}`;
    left();
  });
  child.on('message', (message: FromVictim) => heard(message));
  const newLog = () => {
    const all = readFileSync(logPath, 'utf8');
    const log = all.slice(read);
    read = all.length;
    return log;
  };

  await new Promise<void>((resolve, reject) => {
    heard = () => resolve();
    left = () => reject(new Error(`the victim ended before it began (${how}): ${newLog()}`));
  });

  return {
    treat: (path) =>
      new Promise((resolve) => {
        let signedAt = Date.now();
        const end = (ending: Ending) => {
          clearInterval(watch);
          resolve(ending);
        };
        const watch = setInterval(() => {
          if (Date.now() - signedAt < silenceMs) return;
          child.kill('SIGKILL'); // its tools go with it
          end({ kind: 'hang', seconds: Math.round((Date.now() - signedAt) / 1_000), log: newLog() });
        }, 1_000);
        heard = (message) => {
          signedAt = Date.now();
          if (typeof message === 'object') end({ kind: 'report', report: message.report, log: newLog() });
        };
        left = () => end({ kind: 'exit', how: `${how}`, log: newLog() });
        child.send(path);
      }),
    gone: () => how !== null || child.killed,
    async stop() {
      if (how === null) child.kill('SIGTERM');
      await exited;
    },
  };
}
