import { lstat, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CatalogueError } from '../errors/catalogue-error.ts';

export interface UserClaims {
  /** Holds a user for this process until `release` is called or it dies; null where somebody has it. */
  claim(id: number): Promise<(() => Promise<void>) | null>;
}

/** Of these the first in which root may have a folder: those of a machine look in the same place. */
const places = () => ['/run', '/dev/shm', tmpdir()];

/**
 * Who of this machine holds which user, as empty files `<user>.<pid>.<start of the process>` in a folder that is closed to tools (a tool could hold
 * ports and the names of sockets). Who claims writes its file and then looks for those of others, so of two at once at least one steps back. A
 * file of a dead process counts for nothing: its number, should another process have it now, has another start. For root; rejects with
 * PROCESS_FAILED where no folder can be had.
 */
export async function openUserClaims(parents: readonly string[] = places()): Promise<UserClaims> {
  const folder = await ownFolder(parents);
  const us = `${process.pid}.${await startOf(process.pid)}`;
  const held = new Set<number>();

  /** Of a living process, other than this one's. */
  const isHeldByOther = async (id: number): Promise<boolean> => {
    for (const name of await readdir(folder)) {
      const [user, pid, start] = name.split('.');
      if (user !== String(id) || `${pid}.${start}` === us) continue;
      if ((await startOf(Number(pid))) === start) return true;
      await rm(join(folder, name), { force: true });
    }
    return false;
  };

  return {
    async claim(id) {
      if (held.has(id)) return null;
      held.add(id);
      const file = join(folder, `${id}.${us}`);
      const release = async () => {
        await rm(file, { force: true });
        held.delete(id);
      };
      try {
        await writeFile(file, '');
        if (!(await isHeldByOther(id))) return release;
      } catch (error) {
        await release();
        throw error;
      }
      await release();
      return null;
    },
  };
}

async function ownFolder(parents: readonly string[]): Promise<string> {
  for (const parent of parents) {
    const folder = join(parent, 'reelmill-tool-users');
    try {
      await mkdir(folder, { mode: 0o700 }).catch(() => {}); // it is there
      const found = await lstat(folder);
      if (!found.isDirectory() || found.uid !== process.getuid?.() || found.mode & 0o077) continue;
      const trial = join(folder, `try.${process.pid}`);
      await writeFile(trial, '');
      await rm(trial);
      return folder;
    } catch {
      // The next one: a root file system can be closed to writing.
    }
  }
  throw new CatalogueError('PROCESS_FAILED', 'no folder for the locks of users can be made');
}

/** When a process began, in ticks since the machine did: field 22 of `proc_pid_stat(5)`, behind a name that can hold anything. Null: it is dead. */
async function startOf(pid: number): Promise<string | null> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? null;
}
