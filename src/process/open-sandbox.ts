import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CatalogueError } from '../errors/catalogue-error.ts';
import type { Logger } from '../log.ts';
import { createLog } from '../log.ts';
import { bwrapSandbox } from './bwrap-sandbox.ts';
import { cleanEnvironment } from './clean-environment.ts';
import { needConfiners } from './find-program.ts';
import { moreFolders } from './more-folders.ts';
import { limitsSandbox, noSandbox } from './plain-sandbox.ts';
import { runProcess } from './run-process.ts';
import type { Sandbox, SandboxLevel } from './sandbox.ts';
import { setprivArgs } from './setpriv-args.ts';
import { createToolUsers, type ToolUsers } from './tool-users.ts';
import { type ToolTrial, trySandbox, wordsOf } from './try-sandbox.ts';
import { userSandbox } from './user-sandbox.ts';

export interface SandboxOptions {
  /** REELMILL_SANDBOX */
  mode: 'require' | 'prefer' | 'none';
  /** Told where it is weaker than it could be. */
  log?: Logger;
  /** Where the folders of jobs will be: tried there, or above it where it is not there yet. Default: that of temporary files. */
  workRoot?: string;
  /** REELMILL_HOME: no tool may see it. Default: there is none. */
  home?: string;
  /** REELMILL_SANDBOX_READS */
  moreReads?: string | undefined;
  /** What has to start in it. Default: nothing but a shell. */
  tools?: readonly ToolTrial[];
  /** The tools use a GPU: they get its devices, and no limit of memory (CUDA maps all that the machine has). */
  gpu?: boolean;
  /** Stronger levels are not tried. For tests. */
  strongest?: SandboxLevel;
  /** As of `TrialOptions`. Default: 10 s, then 60 s. */
  patienceMs?: readonly [number, number];
}

/**
 * The strongest sandbox of this machine, found by starting a program in it that reads its file and writes in its folder, and the tools: once for a
 * process. Logs a warning where it is none of bubblewrap. Rejects with SANDBOX_UNAVAILABLE, in the words of what failed, where bubblewrap is
 * required and does not work.
 */
export async function openSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { mode, log, workRoot = tmpdir(), home = null, gpu = false, strongest = 'bwrap' } = options;
  if (mode === 'none') return noSandbox('REELMILL_SANDBOX=none');
  const { tools = [], patienceMs = [10_000, 60_000] } = options;
  const { bound, skipped } = moreFolders(
    { LD_LIBRARY_PATH: cleanEnvironment().LD_LIBRARY_PATH, REELMILL_SANDBOX_READS: options.moreReads },
    home,
  );
  if (skipped.length > 0) log?.warn({ skipped }, 'folders that tools may not read');
  const failed = new Set<string>();
  const lacking = () => [...failed, ...(failed.size > 0 ? skipped : [])].join('; ');
  for (const { level, open } of candidates({ gpu, home, moreFolders: bound })) {
    if (order.indexOf(level) < order.indexOf(strongest)) {
      failed.add(`${level} is not tried`);
      continue;
    }
    if (mode === 'require' && level !== 'bwrap') break;
    try {
      const sandbox = await open(lacking());
      await trySandbox(sandbox, { workRoot, tools, patienceMs, log });
      if (sandbox.lacks !== null) log?.warn({ level, lacks: sandbox.lacks }, 'tools are not confined by bubblewrap');
      return sandbox;
    } catch (error) {
      for (const words of wordsOf(error).split('; ')) failed.add(words); // as root two levels lack the same
    }
  }
  if (mode === 'require') throw new CatalogueError('SANDBOX_UNAVAILABLE', lacking());
  log?.warn({ level: 'none', lacks: lacking() }, 'tools are not confined');
  return noSandbox(lacking());
}

const order: readonly SandboxLevel[] = ['bwrap', 'uid', 'limits', 'none'];

interface Candidate {
  level: SandboxLevel;
  /** Rejects with what is missing, in words. */
  open(lacks: string): Promise<Sandbox>;
}

function candidates(options: { gpu: boolean; home: string | null; moreFolders: string[] }): Candidate[] {
  const { gpu, home, moreFolders } = options;
  const { uid, gid } = { uid: process.getuid?.(), gid: process.getgid?.() };
  const us = uid === 0 && gid !== undefined ? { uid, gid } : null;
  const bwrap = (users: ToolUsers | null): Candidate => ({
    level: 'bwrap',
    async open() {
      const programs = await needConfiners(['bwrap', 'prlimit', ...(users ? (['setpriv'] as const) : [])]);
      return bwrapSandbox({ programs, users, devices: gpu ? await gpuDevices() : [], moreFolders, home });
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
            async open(lacks: string) {
              const programs = await needConfiners(['prlimit', 'setpriv']);
              const users = createToolUsers(us, { end: (user) => endUser(programs.setpriv, user) });
              return userSandbox({ users, lacks, memory: !gpu, programs });
            },
          },
        ]
      : []),
    {
      level: 'limits',
      async open(lacks) {
        return limitsSandbox({ lacks, memory: !gpu, programs: await needConfiners(['prlimit', 'setpriv']) });
      },
    },
  ];
}

/** What a tool left running under its user, even in a session of its own, ends at once. */
async function endUser(setpriv: string, user: number): Promise<void> {
  const [path = setpriv, ...args] = [...setprivArgs(setpriv, { user }), '/bin/sh', '-c', 'kill -9 -1'];
  await runProcess(path, args, {
    signal: AbortSignal.timeout(10_000),
    log: createLog({ level: 'silent', name: 'sandbox' }),
  }).catch(() => {}); // nobody is there
}

async function gpuDevices(): Promise<string[]> {
  const names = (await readdir('/dev')).filter((name) => name.startsWith('nvidia') || name === 'dri');
  return names.map((name) => join('/dev', name));
}
