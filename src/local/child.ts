import { type ChildProcess, fork } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { logTail } from './server-process.ts';
import { StartRefused } from './start-refused.ts';

/** A process of ours: `reelmill api`, `reelmill relay`, `reelmill worker cpu`. */
export interface ChildSpec {
  /** Names its log file. */
  name: string;
  arguments: string[];
  environment: NodeJS.ProcessEnv;
  logFile: string;
}

export interface Child {
  pid: number;
  startedAt: number;
  /** Settles when it has ended, for whatever reason, with words that say how. */
  ended: Promise<string>;
  /** SIGTERM, and SIGKILL to its whole group where it does not end within `graceMs`. */
  stop(graceMs: number): Promise<void>;
}

const program = fileURLToPath(new URL('../../bin/reelmill.js', import.meta.url));
const readyWithinMs = 60_000;

/**
 * Starts a process of ours and waits until it says over IPC that it is ready. Rejects, with the end of its log, where it does not, and with
 * StartRefused where it says that it cannot run as it is set up.
 */
export async function startChild(spec: ChildSpec): Promise<Child> {
  const log = openSync(spec.logFile, 'a', 0o600);
  const startedAt = Date.now();
  const child = fork(program, spec.arguments, {
    env: spec.environment,
    stdio: ['ignore', log, log, 'ipc'],
    // a group of its own: Ctrl-C in the terminal reaches us alone, and we end our processes in order
    detached: true,
    execArgv: [],
  });
  closeSync(log);
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ? `ended by ${signal}` : `ended with exit code ${code}`));
  });
  try {
    await ready(child, ended, spec.name);
  } catch (error) {
    await stopChild(child, ended, 0);
    if (error instanceof StartRefused) throw error;
    throw new Error(`${spec.name} did not start (${spec.logFile}):\n${await logTail(spec.logFile)}`, { cause: error });
  }
  return { pid: child.pid ?? 0, startedAt, ended, stop: (graceMs) => stopChild(child, ended, graceMs) };
}

function ready(child: ChildProcess, ended: Promise<string>, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`not ready after ${readyWithinMs / 1_000} s`)), readyWithinMs);
    const settle = (error?: Error) => {
      clearTimeout(timer);
      child.off('message', onMessage);
      if (error) reject(error);
      else resolve();
    };
    const onMessage = (message: unknown) => {
      if (typeof message !== 'object' || !message) return;
      if ('ready' in message) settle();
      if ('refused' in message) settle(new StartRefused(`${name} does not run: ${message.refused}`));
    };
    child.on('message', onMessage);
    ended.then((how) => settle(new Error(how)));
  });
}

async function stopChild(child: ChildProcess, ended: Promise<string>, graceMs: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const group = -child.pid;
  child.kill('SIGTERM');
  const timer = setTimeout(() => kill(group), graceMs);
  await ended;
  clearTimeout(timer);
}

function kill(group: number): void {
  try {
    process.kill(group, 'SIGKILL');
  } catch {
    // already gone
  }
}
