import { basename } from 'node:path';
import { execa, type ResultPromise } from 'execa';
import { CatalogueError } from '../errors/catalogue-error.ts';
import type { Logger } from '../log.ts';
import { lastWords, shellQuoted } from './process-words.ts';
import { splitLines, tail } from './read-output.ts';
import type { Command, Confinement } from './sandbox.ts';

export interface ProcessOptions {
  /** Abort ends the process and its whole group; then the call rejects with the signal's reason. */
  signal: AbortSignal;
  log: Logger;
  cwd?: string;
  /** Beside this process's own. */
  env?: Record<string, string>;
  /** What holds it back, and what it may touch. Without it: a tool of ours with arguments of ours alone. */
  confinement?: Confinement | undefined;
  /** Without progress for this long the process is ended, and the call rejects with PROCESS_STALLED. Default: never. */
  stallTimeoutMs?: number;
  /** From SIGTERM to SIGKILL, ms. */
  killAfterMs?: number;
  /** Takes standard output line by line; without it the output is kept and returned. What it throws ends the process. */
  onStdoutLine?: (line: string) => void;
  onStderrLine?: (line: string) => void;
  /** What is kept of a line of standard error, for the result and for the words of a failure; null: nothing. Default: all of it. */
  keptOfStderrLine?: (line: string) => string | null;
  /** Whether this line of standard output is progress. Default: any output is, on either stream. */
  progressed?: (line: string) => boolean;
}

export interface ProcessResult {
  /** Empty where `onStdoutLine` took it. */
  stdout: string;
  /** The last 64 KiB. */
  stderr: string;
}

const keptStderrBytes = 64 * 1024;
const mostStdoutBytes = 64 * 2 ** 20;

/**
 * The one door for child processes: in a group of its own, logged ready to paste, watched, and ended whole
 * (SIGTERM, then SIGKILL to the group). Rejects with PROCESS_FAILED, PROCESS_KILLED (by the system, for want of memory),
 * PROCESS_STALLED, or the reason of the signal.
 */
export async function runProcess(path: string, args: string[], options: ProcessOptions): Promise<ProcessResult> {
  const { signal, log, cwd, stallTimeoutMs, onStdoutLine, onStderrLine, progressed } = options;
  signal.throwIfAborted();
  const tool = basename(path);
  const command = await confined({ path, args }, options.confinement);
  log.debug({ tool, command: shellQuoted([path, ...args]), cwd }, 'process started');

  const child = execa(command.path, command.args, {
    cwd,
    detached: true, // a group of its own, so that whatever it starts ends with it
    stdin: 'ignore',
    buffer: false,
    reject: false,
    env: { AV_LOG_FORCE_NOCOLOR: '1', ...options.env },
  });
  const ending = endGroup(child, options.killAfterMs ?? 5_000);

  let lastProgress = Date.now();
  const stall = stallTimeoutMs
    ? setInterval(
        () => {
          if (Date.now() - lastProgress < stallTimeoutMs) return;
          const detail = `${tool} made no progress for ${Math.round(stallTimeoutMs / 1000)} s`;
          ending.end(new CatalogueError('PROCESS_STALLED', detail, { facts: { tool } }));
        },
        Math.min(1_000, stallTimeoutMs / 4),
      )
    : undefined;
  const onAbort = () => ending.end(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });

  const stderr = tail(keptStderrBytes);
  let stdout = '';
  splitLines(
    child.stdout,
    (line) => {
      if (!progressed || progressed(line)) lastProgress = Date.now();
      if (onStdoutLine) return onStdoutLine(line);
      stdout += `${line}\n`;
      if (stdout.length > mostStdoutBytes) throw new CatalogueError('PROCESS_FAILED', `${tool} wrote too much output`);
    },
    ending.end,
  );
  splitLines(
    child.stderr,
    (line) => {
      if (!progressed) lastProgress = Date.now();
      const kept = options.keptOfStderrLine ? options.keptOfStderrLine(line) : line;
      if (kept !== null) stderr.add(`${kept}\n`);
      onStderrLine?.(line);
    },
    ending.end,
  );

  try {
    const result = await child;
    ending.over();
    if (ending.reason) throw ending.reason.thrown;
    if (result.failed) throw failure(tool, result, stderr.text(), [path, ...args, cwd ?? '']);
    return { stdout, stderr: stderr.text() };
  } finally {
    clearInterval(stall);
    signal.removeEventListener('abort', onAbort);
    log.debug({ tool, pid: child.pid }, 'process ended');
  }
}

/** The groups that live; one listener for all of them, and none while there are none. */
const endAtExit = new Set<() => void>();
const endAll = () => {
  for (const end of endAtExit) end();
};

interface Ending {
  /** Why we ended it; none where it ended by itself. */
  reason: { thrown: unknown } | undefined;
  end(thrown: unknown): void;
  /** The leader is dead: what it left behind in its group goes too. */
  over(): void;
}

/** Ends the group once, with the first reason that comes; that reason is what the caller gets. */
function endGroup({ pid }: ResultPromise, killAfterMs: number): Ending {
  let escalation: NodeJS.Timeout | undefined;
  const kill = (name: 'SIGTERM' | 'SIGKILL') => {
    try {
      if (pid !== undefined) process.kill(-pid, name);
    } catch {
      // ESRCH: the group is gone already
    }
  };
  const killAtExit = () => kill('SIGKILL');
  if (endAtExit.size === 0) process.on('exit', endAll); // execa leaves detached children alone
  endAtExit.add(killAtExit);

  const ending: Ending = {
    reason: undefined,
    end(thrown) {
      if (ending.reason) return;
      ending.reason = { thrown };
      kill('SIGTERM');
      escalation = setTimeout(() => kill('SIGKILL'), killAfterMs);
    },
    over() {
      clearTimeout(escalation);
      endAtExit.delete(killAtExit);
      if (endAtExit.size === 0) process.off('exit', endAll);
      if (ending.reason) kill('SIGKILL');
    },
  };
  return ending;
}

function failure(
  tool: string,
  result: { exitCode?: number; signal?: string; originalMessage?: string; cause?: unknown },
  stderr: string,
  secrets: string[],
): CatalogueError {
  const how = result.signal
    ? `was ended by ${result.signal}`
    : result.exitCode === undefined
      ? 'could not be started'
      : `ended with exit code ${result.exitCode}`;
  const words = lastWords(stderr, secrets);
  // 128 + 9 is what a wrapper says of a SIGKILL. Ours are not judged here: they have a reason of their own.
  const killed = result.signal === 'SIGKILL' || result.exitCode === 137 || outOfMemory.test(words);
  return new CatalogueError(
    killed ? 'PROCESS_KILLED' : 'PROCESS_FAILED',
    `${tool} ${how}${words ? `: ${words}` : ''}`,
    {
      cause: result.cause,
      facts: { tool, exitCode: result.exitCode ?? null, signal: result.signal ?? null, words },
    },
  );
}

/** What ffmpeg and x264 say where an allocation was refused. */
const outOfMemory = /cannot allocate memory|malloc of size \d+ failed/i;

let diesWithParent: Promise<boolean> | undefined;

/** The command in its sandbox; on Linux with util-linux, the kernel kills it when ours dies by kill -9 (nobody else would: it is in a group of its own). */
async function confined(command: Command, confinement: Confinement | undefined): Promise<Command> {
  const { path, args } = confinement ? await confinement.sandbox.confine(command, confinement.access) : command;
  if (process.platform !== 'linux') return { path, args };
  diesWithParent ??= execa('setpriv', ['--pdeathsig', 'KILL', 'true'], { reject: false }).then(({ failed }) => !failed);
  if (!(await diesWithParent)) return { path, args };
  return { path: 'setpriv', args: ['--pdeathsig', 'KILL', path, ...args] };
}
