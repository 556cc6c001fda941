import { chmod, mkdir, mkdtemp, readdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../config.ts';
import type { Logger } from '../log.ts';
import { isAlive } from '../process/is-alive.ts';
import { removeFolder } from '../process/remove-folder.ts';

/** Folders of running jobs: `<root>/<host>.<pid>.<random>`, one an attempt. */
export interface WorkFolders {
  /** Calls `work` with a new empty folder, and removes it after. */
  use<T>(work: (folder: string) => Promise<T>): Promise<T>;
}

/** Where the folders of a worker's jobs are. */
export const workRootOf = ({ REELMILL_HOME }: Pick<Config, 'REELMILL_HOME'>): string => join(REELMILL_HOME, 'work');

/**
 * Removes what dead processes of this machine left under `root`, and gives new folders there. Put it on the file system of the
 * storage: then a finished file is linked into place, not copied. What cannot be removed is logged, and costs no job and no start.
 */
export async function openWorkFolders(root: string, log: Logger): Promise<WorkFolders> {
  await mkdir(root, { recursive: true });
  await chmod(root, 0o711); // a tool may have a user of its own, who has to pass to its folder, and nothing to look for here
  const remove = (folder: string) =>
    removeFolder(folder).catch((err: unknown) => log.error({ err, folder }, 'a work folder cannot be removed'));
  for (const name of await readdir(root)) {
    const pid = pidOf(name);
    // This process has just begun: a folder with its number is of an earlier one.
    if (pid !== null && (pid === process.pid || !isAlive(pid))) await remove(join(root, name));
  }
  return {
    async use(work) {
      const folder = await mkdtemp(join(root, `${hostname()}.${process.pid}.`));
      try {
        return await work(folder);
      } finally {
        await remove(folder);
      }
    },
  };
}

/** Null where the folder is not of this machine. */
function pidOf(name: string): number | null {
  const [pid] = name.startsWith(`${hostname()}.`) ? name.slice(hostname().length + 1).split('.') : [];
  return pid !== undefined && /^\d+$/.test(pid) ? Number(pid) : null;
}
