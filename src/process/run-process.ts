import { basename } from 'node:path';
import { execa } from 'execa';
import { CatalogueError } from '../errors/catalogue-error.ts';
import type { Logger } from '../log.ts';
import { cleanEnvironment } from './clean-environment.ts';
import { endGroup } from './end-group.ts';
import { judgeExit } from './judge-exit.ts';
import { lastWords, shellQuoted } from './process-words.ts';
import { splitLines, tail } from './read-output.ts';
import type { Command, ConfinedCommand, Confinement } from './sandbox.ts';
import { type WatchOptions, watch } from './watchdog.ts';

export interface ProcessOptions extends WatchOptions {
  /** Abort ends the process and its whole group; then the call rejects with the signal's reason. */
  signal: AbortSignal;
  log: Logger;
  cwd?: string;
  /** Beside `cleanEnvironment`: what this process's own holds is not for tools. */
  env?: Record<string, string>;
  /** What holds it back, and what it may touch. Without it: a tool of ours with arguments of ours alone. */
  confinement?: Confinement | undefined;
  /** From SIGTERM to SIGKILL, ms. */
  killAfterMs?: number;
  /** Takes standard output line by line; without it the output is kept and returned. What it throws ends the process. */
  onStdoutLine?: (line: string) => void;
  onStderrLine?: (line: string) => void;
  /** What is kept of a line of standard error, for the result and for the words of a failure; null: nothing. Default: all of it. */
  keptOfStderrLine?: (line: string) => string | null;
  /** Whether this line of standard output is progress. Default: any is, unless `measure` tells. What a tool says on standard error never is: it may complain for ever. */
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
 * (SIGTERM, then SIGKILL to the group). Rejects with PROCESS_FAILED, PROCESS_KILLED (by the system, for want of memory), PROCESS_LIMIT (one of ours),
 * PROCESS_STALLED or PROCESS_TIMEOUT (which bound was broken, and how far it came), or the reason of the signal.
 */
export async function runProcess(path: string, args: string[], options: ProcessOptions): Promise<ProcessResult> {
  const { signal, log, cwd, onStdoutLine, onStderrLine } = options;
  const { progressed = () => !options.measure } = options;
  signal.throwIfAborted();
  const tool = basename(path);
  const command = await confined({ path, args, cwd }, options.confinement);
  if (signal.aborted) {
    await command.over().catch((err: unknown) => log.warn({ tool, err }, 'folder of a tool cannot be taken back'));
    throw signal.reason;
  }
  log.debug({ tool, command: shellQuoted([path, ...args]), cwd }, 'process started');

  const child = execa(command.path, command.args, {
    cwd,
    detached: true, // a group of its own, so that whatever it starts ends with it
    stdio: ['ignore', 'pipe', 'pipe', ...command.inherit.map(descriptor)],
    buffer: false,
    reject: false,
    extendEnv: false,
    env: { ...cleanEnvironment(), AV_LOG_FORCE_NOCOLOR: '1', ...command.environment, ...options.env },
  });
  const ending = endGroup(child, options.killAfterMs ?? 5_000);

  const dog = watch(tool, options, ending.end);
  const onAbort = () => ending.end(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });

  const stderr = tail(keptStderrBytes);
  let stdout = '';
  splitLines(
    child.stdout,
    (line) => {
      if (progressed(line)) dog.progress();
      if (onStdoutLine) return onStdoutLine(line);
      stdout += `${line}\n`;
      if (stdout.length > mostStdoutBytes) throw new CatalogueError('PROCESS_FAILED', `${tool} wrote too much output`);
    },
    ending.end,
  );
  splitLines(
    child.stderr,
    (line) => {
      const kept = options.keptOfStderrLine ? options.keptOfStderrLine(line) : line;
      if (kept !== null) stderr.add(`${kept}\n`);
      onStderrLine?.(line);
    },
    ending.end,
    keptStderrBytes,
  );

  try {
    const result = await Promise.race([child, ending.stuck]);
    if (!result) log.error({ tool, pid: child.pid }, 'process cannot be ended, not even by SIGKILL');
    ending.over();
    const left = await takeBack(command, { tool, log });
    if (ending.reason) throw ending.reason.thrown;
    const limited = options.confinement && options.confinement.sandbox.level !== 'none';
    if (result?.failed)
      throw failure(tool, result, { stderr: stderr.text(), secrets: [path, ...args, cwd ?? ''], limited });
    if (left) throw left;
    return { stdout, stderr: stderr.text() };
  } finally {
    dog.stop();
    signal.removeEventListener('abort', onAbort);
    log.debug({ tool, pid: child.pid }, 'process ended');
  }
}

/** What is wrong with what it left behind, if anything: said where it has not failed by itself. */
async function takeBack(
  command: ConfinedCommand,
  { tool, log }: { tool: string; log: Logger },
): Promise<CatalogueError | null> {
  try {
    const left = await command.over();
    if (left === null) return null;
    return new CatalogueError('PROCESS_FAILED', `${tool} left what is no file: ${lastWords(left, [])}`, {
      facts: { tool },
    });
  } catch (error) {
    log.warn({ tool, err: error }, 'folder of a tool cannot be taken back');
    if (error instanceof CatalogueError) return error;
    return new CatalogueError('PROCESS_FAILED', `what ${tool} left cannot be taken back`, {
      ...{ cause: error, facts: { tool } },
    });
  }
}

/** execa takes any open file; its types know three. */
const descriptor = (file: number) => file as 0;

function failure(
  tool: string,
  result: { exitCode?: number; signal?: string; originalMessage?: string; cause?: unknown },
  { stderr, secrets, limited = false }: { stderr: string; secrets: string[]; limited: boolean | undefined },
): CatalogueError {
  const how = result.signal
    ? `was ended by ${result.signal}`
    : result.exitCode === undefined
      ? 'could not be started'
      : `ended with exit code ${result.exitCode}`;
  const words = lastWords(stderr, secrets);
  return new CatalogueError(
    judgeExit({ ...result, said: stderr.slice(-judgedBytes), limited }),
    `${tool} ${how}${words ? `: ${words}` : ''}`,
    {
      cause: result.cause,
      facts: { tool, exitCode: result.exitCode ?? null, signal: result.signal ?? null, words },
    },
  );
}

/** An allocation that was refused is told first, and then all that failed for it. */
const judgedBytes = 2_000;

let diesWithParent: Promise<boolean> | undefined;

/** The command in its sandbox; on Linux with util-linux, the kernel kills it when ours dies by kill -9 (nobody else would: it is in a group of its own). */
async function confined(
  command: Command & { cwd: string | undefined },
  confinement: Confinement | undefined,
): Promise<ConfinedCommand> {
  const ready = confinement
    ? await confinement.sandbox.confine(command, confinement.access)
    : { ...command, environment: {}, inherit: [], diesWithParent: false, over: async () => null };
  if (ready.diesWithParent || process.platform !== 'linux') return ready;
  diesWithParent ??= execa('setpriv', ['--pdeathsig', 'KILL', 'true'], { reject: false }).then(({ failed }) => !failed);
  if (!(await diesWithParent)) return ready;
  return { ...ready, path: 'setpriv', args: ['--pdeathsig', 'KILL', ready.path, ...ready.args] };
}
