import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { endWithUs } from './end-with-us.ts';
import { endProcess } from './other-process.ts';

/** A database server that we have started: a child of this process that ends with it. */
export interface ServerProcess {
  pid: number;
  startedAt: number;
  /** Settles when it has ended, for whatever reason, with words that say how. */
  ended: Promise<string>;
  stop(): Promise<void>;
}

export interface ServerCommand {
  name: string;
  command: string[];
  logFile: string;
  cwd: string;
  env?: NodeJS.ProcessEnv;
  ids?: { uid?: number; gid?: number };
  /** The signal by which it ends fast and clean. */
  signal: 'INT' | 'TERM';
}

/** Starts a server in a process group of its own, so that Ctrl-C in the terminal reaches it last, through us. */
export async function startServer(server: ServerCommand): Promise<ServerProcess> {
  const log = openSync(server.logFile, 'a', 0o600);
  const [program = '', ...args] = server.command;
  const child = spawn(program, args, {
    cwd: server.cwd,
    env: server.env ?? process.env,
    stdio: ['ignore', log, log],
    detached: true,
    ...server.ids,
  });
  closeSync(log);
  const pid = await started(child, server.name);
  const callOff = endWithUs(pid, server.signal);
  const ended = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ? `ended by ${signal}` : `ended with exit code ${code}`));
  }).finally(callOff);
  return {
    pid,
    startedAt: Date.now(),
    ended,
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) await endProcess(pid, `SIG${server.signal}`, 15_000);
      await ended;
    },
  };
}

/** The last lines of a log, for an error message. */
export async function logTail(file: string, lines = 5): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-lines).join('\n');
}

function started(child: ChildProcess, name: string): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', (error) => reject(new Error(`starting ${name}`, { cause: error })));
    child.once('spawn', () => resolve(child.pid ?? 0));
  });
}
