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

/** Things that must never be told, in the environment of every victim. */
export const canaries = {
  REELMILL_SECRET: 'canary-of-the-secret-0123456789abcdef',
  DATABASE_URL: 'postgres://canary-user:canary-password@127.0.0.1:1/canary-database',
  REELMILL_API_KEY: 'canary-of-the-key',
};

export interface VictimOptions {
  /** Its log goes there, and its temporary files. */
  folder: string;
  name: string;
  /** Default: `victim.ts`. */
  program?: string;
  /** Without a sign for so long it hangs, ms. */
  silenceMs?: number;
}

/** Starts a process that treats files. Rejects where it ends before it says that it is ready. */
export async function startVictim({
  folder,
  name,
  program = join(import.meta.dirname, 'victim.ts'),
  silenceMs = 30_000,
}: VictimOptions): Promise<Victim> {
  const logPath = join(folder, `victim-${name}.log`);
  const logFile = openSync(logPath, 'a');
  const startsAt = readFileSync(logPath, 'utf8').length; // what a victim before it said, its last words too, is judged
  const child: ChildProcess = fork(program, [], {
    env: { ...process.env, ...canaries, TMPDIR: folder },
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'ignore', logFile, 'ipc'],
  });
  closeSync(logFile);
  let how: string | null = null;
  let read = startsAt;
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
        const watch = setInterval(
          () => {
            if (Date.now() - signedAt < silenceMs) return;
            const seconds = Math.round((Date.now() - signedAt) / 1_000);
            clearInterval(watch);
            left = () => end({ kind: 'hang', seconds, log: newLog() }); // all that it said is in the log then
            child.kill('SIGKILL'); // its tools go with it
          },
          Math.min(1_000, silenceMs / 4),
        );
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
