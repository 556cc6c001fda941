import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { AtEnd } from './folder.ts';

export interface Finished {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface Started {
  process: ChildProcess;
  /** What it has written to standard output so far. */
  output(): string;
  errors(): string;
  /** Resolves with what `find` gives once it gives something. Rejects where the process ends before. */
  until<Found>(find: (output: string) => Found | null | undefined | false): Promise<Found>;
  finished: Promise<Finished>;
}

const program = join(import.meta.dirname, '../../bin/reelmill.js');

/** Starts `reelmill …` as a person would, in an environment that holds nothing of ours but what is given. Ended with the test. */
export function startReelmill(
  args: string[],
  environment: NodeJS.ProcessEnv,
  { script = program, atEnd = onTestFinished }: { script?: string; atEnd?: AtEnd } = {},
): Started {
  const child = spawn(process.execPath, [script, ...args], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  const finished = once(child, 'close').then(([code]) => ({ code, stdout, stderr }));
  atEnd(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    await finished;
  });
  return {
    process: child,
    output: () => stdout,
    errors: () => stderr,
    finished,
    async until(find) {
      for (;;) {
        const found = find(stdout);
        if (found) return found;
        const ended = await Promise.race([finished, new Promise((resolve) => setTimeout(resolve, 25))]);
        if (ended && !find(stdout)) throw new Error(`it has ended: ${JSON.stringify(ended)}`);
      }
    },
  };
}

/** Runs `reelmill …` to its end. */
export const reelmill = (args: string[], environment: NodeJS.ProcessEnv = {}): Promise<Finished> =>
  startReelmill(args, environment).finished;

/** The JSON objects that a command has printed, one a line. */
export const jsonLines = (stdout: string): Record<string, unknown>[] =>
  stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
