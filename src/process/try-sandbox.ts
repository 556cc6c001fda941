import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { CatalogueError } from '../errors/catalogue-error.ts';
import { createLog, type Logger } from '../log.ts';
import { needProgram } from './find-program.ts';
import { runProcess } from './run-process.ts';
import type { Command, Sandbox, SandboxLevel, ToolAccess } from './sandbox.ts';

/** A tool of ours, and arguments with which it ends at once and well. */
export interface ToolTrial extends Command {
  name: string;
}

export interface TrialOptions {
  /** Where the folders of jobs will be: tried there, or above it where it is not there yet. */
  workRoot: string;
  /** What has to start in it. */
  tools: readonly ToolTrial[];
  /** How long a program may take, and how long where it took longer, ms. */
  patienceMs: readonly [number, number];
  log: Logger | undefined;
}

/**
 * Starts a program in a sandbox that reads its file and writes in its folder, and then each of the tools. Rejects with what failed, in words. One
 * time-out is no verdict: a machine that is busy now is not one without namespaces.
 */
export async function trySandbox(sandbox: Sandbox, options: TrialOptions): Promise<void> {
  const { workRoot, tools, patienceMs, log } = options;
  const [first, second] = patienceMs;
  const home = await folderNear(workRoot);
  const patiently = async (command: Command, access: ToolAccess): Promise<void> => {
    const run = (ms: number) => runIn(sandbox, { command, access, ms });
    try {
      return await run(first);
    } catch (error) {
      if (!isTimeout(error)) throw error;
    }
    const what = { level: sandbox.level, seconds: first / 1_000 };
    log?.warn(what, 'a trial of the sandbox takes long: it is tried once more, with more time');
    return run(second).catch((error: unknown) => {
      throw isTimeout(error) ? new Error(`${sandbox.level}: nothing had ended after ${second / 1_000} s`) : error;
    });
  };
  try {
    await chmod(home, 0o711);
    const folder = await mkdtemp(join(home, 'folder-'));
    const [file, copy] = [join(home, 'file'), join(folder, 'copy')];
    await writeFile(file, sandbox.level, { mode: 0o600 });
    await patiently({ path: '/bin/sh', args: ['-c', script, 'sh', file, folder] }, access([file], folder));
    if ((await readFile(copy, 'utf8')) !== sandbox.level) throw new Error(`${sandbox.level}: nothing was written`);
    for (const tool of tools) {
      await patiently(tool, access([], folder)).catch(async (error: unknown) => {
        throw new Error(await sayTool(tool, sandbox.level, error));
      });
    }
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

/** Nothing but what is built into a shell, for PATH may name no folder of the system. It goes to its folder too: the packager asks for the true path of that. */
const script = 'IFS= read -r word < "$1"; printf %s "$word" > "$2/copy" && cd -P "$2"';

const access = (reads: string[], folder: string): ToolAccess => ({
  ...{ reads: new Set(reads), folder },
  limits: { memoryBytes: 2 ** 30, cpuSeconds: 60, fileBytes: 2 ** 20, processes: 64, openFiles: 64 },
});

const runIn = (sandbox: Sandbox, options: { command: Command; access: ToolAccess; ms: number }) => {
  const { command, access, ms } = options;
  return runProcess(command.path, command.args, {
    signal: AbortSignal.timeout(ms),
    log: createLog({ level: 'silent', name: 'sandbox' }),
    confinement: { sandbox, access },
  }).then(() => {});
};

const isTimeout = (error: unknown): boolean => error instanceof Error && error.name === 'TimeoutError';

const places = {
  bwrap: 'inside bubblewrap',
  uid: 'as a user of its own',
  limits: 'within limits',
  none: '',
} as const satisfies Record<SandboxLevel, string>;

async function sayTool({ name, path }: ToolTrial, level: SandboxLevel, error: unknown): Promise<string> {
  const place = await needProgram(path).catch(() => path);
  return `${name} does not start ${places[level]}: ${wordsOf(error)}; it lies in ${dirname(place)}`;
}

/** What failed, in a tool's own words where it had any. */
export function wordsOf(error: unknown): string {
  if (error instanceof CatalogueError)
    return typeof error.facts.words === 'string' && error.facts.words ? error.facts.words : error.detail;
  return error instanceof Error ? error.message : String(error);
}

/** A new folder there, or as near above as can be; named as those of jobs are, so that what is left of it goes with theirs. */
async function folderNear(place: string): Promise<string> {
  try {
    return await mkdtemp(join(place, `${hostname()}.${process.pid}.`));
  } catch {
    return dirname(place) === place ? mkdtemp(join(tmpdir(), 'reelmill-sandbox-')) : folderNear(dirname(place));
  }
}
