import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { CatalogueError } from '../errors/catalogue-error.ts';
import type { Logger } from '../log.ts';
import { createLog } from '../log.ts';
import { bwrapSandbox } from './bwrap-sandbox.ts';
import { findProgram } from './find-program.ts';
import { limitsSandbox, noSandbox } from './plain-sandbox.ts';
import { runProcess } from './run-process.ts';
import type { Sandbox, SandboxLevel } from './sandbox.ts';
import { setprivArgs } from './setpriv-args.ts';
import { createToolUsers, type ToolUsers } from './tool-users.ts';
import { userSandbox } from './user-sandbox.ts';

export interface SandboxOptions {
  /** REELMILL_SANDBOX */
  mode: 'require' | 'prefer' | 'none';
  /** Told where it is weaker than it could be. */
  log?: Logger;
  /** Where the folders of jobs will be: tried there, or above it where it is not there yet. Default: that of temporary files. */
  workRoot?: string;
  /** The tools use a GPU: they get its devices, and no limit of memory (CUDA maps all that the machine has). */
  gpu?: boolean;
  /** Stronger levels are not tried. For tests. */
  strongest?: SandboxLevel;
}

/**
 * The strongest sandbox of this machine, found by starting a program in it that reads its file and writes in its folder: once for a process. Logs a
 * warning where it is none of bubblewrap. Rejects with SANDBOX_UNAVAILABLE, in the words of what failed, where bubblewrap is required and does
 * not work.
 */
export async function openSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { mode, log, workRoot = tmpdir(), gpu = false, strongest = 'bwrap' } = options;
  if (mode === 'none') return noSandbox('REELMILL_SANDBOX=none');
  const failed: string[] = [];
  for (const { level, open } of candidates({ gpu })) {
    if (order.indexOf(level) < order.indexOf(strongest)) {
      failed.push(`${level} is not tried`);
      continue;
    }
    if (mode === 'require' && level !== 'bwrap') break;
    const words = await open(failed.join('; '))
      .then((sandbox) => tried(sandbox, workRoot))
      .catch(wordsOf);
    if (typeof words !== 'string') {
      if (words.lacks !== null)
        log?.warn({ level: words.level, lacks: words.lacks }, 'tools are not confined by bubblewrap');
      return words;
    }
    failed.push(words);
  }
  const lacks = failed.join('; ');
  if (mode === 'require') throw new CatalogueError('SANDBOX_UNAVAILABLE', lacks);
  log?.warn({ level: 'none', lacks }, 'tools are not confined');
  return noSandbox(lacks);
}

const order: readonly SandboxLevel[] = ['bwrap', 'uid', 'limits', 'none'];

interface Candidate {
  level: SandboxLevel;
  /** Rejects with what is missing, in words. */
  open(lacks: string): Promise<Sandbox>;
}

function candidates({ gpu }: { gpu: boolean }): Candidate[] {
  const { uid, gid } = { uid: process.getuid?.(), gid: process.getgid?.() };
  const us = uid === 0 && gid !== undefined ? { uid, gid } : null;
  const bwrap = (users: ToolUsers | null): Candidate => ({
    level: 'bwrap',
    async open() {
      const path = await findProgram('bwrap');
      if (path === null) throw new Error('bubblewrap is not installed');
      return bwrapSandbox({ bwrap: path, users, devices: gpu ? await gpuDevices() : [] });
    },
  });
  if (process.platform !== 'linux') {
    const reason = `there is no sandbox on ${process.platform}`;
    return [{ level: 'bwrap', open: () => Promise.reject(new Error(reason)) }];
  }
  return [
    ...(us ? [bwrap(createToolUsers(us, { end: async () => {} }))] : []),
    bwrap(null),
    ...(us
      ? [
          {
            level: 'uid' as const,
            open: async (lacks: string) =>
              userSandbox({ users: createToolUsers(us, { end: endUser }), lacks, memory: !gpu }),
          },
        ]
      : []),
    { level: 'limits', open: async (lacks) => limitsSandbox({ lacks, memory: !gpu }) },
  ];
}

/** What a tool left running under its user, even in a session of its own, ends at once. */
async function endUser(user: number): Promise<void> {
  const [setpriv = '', ...args] = [...setprivArgs({ user }), 'sh', '-c', 'kill -9 -1'];
  await run(setpriv, args).catch(() => {}); // nobody is there
}

async function gpuDevices(): Promise<string[]> {
  const names = (await readdir('/dev')).filter((name) => name.startsWith('nvidia') || name === 'dri');
  return names.map((name) => join('/dev', name));
}

/** The sandbox itself, once a program in it has copied the one file that it may read into the one folder in which it may write. */
async function tried(sandbox: Sandbox, workRoot: string): Promise<Sandbox> {
  const home = await folderNear(workRoot);
  try {
    await chmod(home, 0o711);
    const folder = await mkdtemp(join(home, 'folder-'));
    const [file, copy] = [join(home, 'file'), join(folder, 'copy')];
    await writeFile(file, sandbox.level, { mode: 0o600 });
    const limits = { memoryBytes: 2 ** 30, cpuSeconds: 10, fileBytes: 2 ** 20, processes: 64, openFiles: 64 };
    // The true path of its folder too: the packager asks for it.
    await run('sh', ['-c', 'cp "$1" "$2" && readlink -e "$2" > /dev/null', 'sh', file, copy], {
      sandbox,
      access: { reads: new Set([file]), folder, limits },
    });
    if ((await readFile(copy, 'utf8')) !== sandbox.level) throw new Error(`${sandbox.level}: nothing was written`);
    return sandbox;
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

/** A new folder there, or as near above as can be; named as those of jobs are, so that what is left of it goes with theirs. */
async function folderNear(place: string): Promise<string> {
  try {
    return await mkdtemp(join(place, `${hostname()}.${process.pid}.`));
  } catch {
    return dirname(place) === place ? mkdtemp(join(tmpdir(), 'reelmill-sandbox-')) : folderNear(dirname(place));
  }
}

const run = (path: string, args: string[], confinement?: Parameters<typeof runProcess>[2]['confinement']) =>
  runProcess(path, args, {
    signal: AbortSignal.timeout(10_000),
    log: createLog({ level: 'silent', name: 'sandbox' }),
    confinement,
  });

function wordsOf(error: unknown): string {
  if (error instanceof CatalogueError)
    return typeof error.facts.words === 'string' && error.facts.words ? error.facts.words : error.detail;
  return error instanceof Error ? error.message : String(error);
}
