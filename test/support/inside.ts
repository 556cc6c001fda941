import { spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { createLog } from '../../src/log.ts';
import { type ProcessOptions, runProcess } from '../../src/process/run-process.ts';
import type { Sandbox, ToolLimits } from '../../src/process/sandbox.ts';

/** Far above what a shell needs. */
export const wideLimits: ToolLimits = {
  ...{ memoryBytes: 2 ** 31, cpuSeconds: 60, fileBytes: 2 ** 26, processes: 256, openFiles: 64 },
};

export type Inside = Awaited<ReturnType<typeof inside>>;

/** A home as Reelmill keeps it, with a source, another video, secrets and a folder for one job; and programs run in a sandbox there. */
export async function inside(sandbox: Sandbox, home: string) {
  await chmod(home, 0o755); // the system user of Postgres has to pass it
  const storage = join(home, 'storage');
  await mkdir(storage, { mode: 0o700 });
  const folder = await mkdtemp(join(home, 'work.job-'));
  const places = {
    ...{ home, folder, source: join(storage, 'source.bin'), other: join(storage, 'other.bin') },
    run: join(home, 'run.json'),
  };
  await writeFile(places.source, 'the source', { mode: 0o600 });
  await writeFile(places.other, 'another video');
  await writeFile(places.run, 'the secrets', { mode: 0o600 });
  const access = { reads: new Set([places.source]), folder, limits: wideLimits };
  const run = (
    path: string,
    args: string[],
    options: Partial<ProcessOptions> & { limits?: Partial<ToolLimits> } = {},
  ) =>
    runProcess(path, args, {
      signal: AbortSignal.timeout(20_000),
      log: createLog({ level: 'silent', name: 'inside' }),
      confinement: { sandbox, access: { ...access, limits: { ...wideLimits, ...options.limits } } },
      ...options,
    });
  return {
    ...places,
    run,
    /** A script of bash: `$1` is the source, `$2` the folder, `$3` the other video, `$4` run.json. */
    bash: (script: string, options: Parameters<typeof run>[2] = {}) =>
      run('bash', ['-c', script, 'bash', places.source, folder, places.other, places.run], options),
  };
}

/** Whether a process with these words in its command lives, once it had time to die. */
export async function isGone(words: string): Promise<boolean> {
  for (let tries = 0; tries < 100; tries += 1) {
    if ((await withWords(words)).length === 0) return true;
    await wait(30);
  }
  return false;
}

/** Ids of the processes with these words in their command. */
export async function withWords(words: string): Promise<number[]> {
  const found: number[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) continue;
    const command = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '');
    if (command.includes(words)) found.push(Number(name));
  }
  return found;
}

/** Whether tests can be somebody else: as root. */
export const isRoot = process.getuid?.() === 0;

/** Runs a script of ours as an ordinary user, who has the folder that it is given; gives what it printed. */
export function asOrdinaryUser(script: string, args: string[]): unknown {
  const user = ['--reuid', '12345', '--regid', '12345', '--clear-groups', '--'];
  const node = [process.execPath, '--import', 'tsx', script, ...args];
  const env = { PATH: process.env.PATH, SECRET_OF_OURS: 'hunter2', TSX_DISABLE_CACHE: '1' };
  const { stdout, stderr, status } = spawnSync('setpriv', [...user, ...node], { encoding: 'utf8', env });
  if (status !== 0) throw new Error(`${script}: ${stderr}`);
  return JSON.parse(stdout);
}
