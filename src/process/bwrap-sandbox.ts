import { lstat, readlink } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { bwrapArgs } from './bwrap-args.ts';
import { cleanEnvironment, homeIn } from './clean-environment.ts';
import { needProgram } from './find-program.ts';
import { needFile, takeFolder } from './hand-over.ts';
import { prlimitArgs } from './prlimit-args.ts';
import type { Sandbox } from './sandbox.ts';
import { setprivArgs } from './setpriv-args.ts';
import type { ToolUsers } from './tool-users.ts';

export interface BwrapOptions {
  /** Path of bubblewrap. */
  bwrap: string;
  /** Of root: whom a tool becomes inside. Null: a user namespace, in which it is who we are. */
  users: ToolUsers | null;
  /** Device files of a GPU; with them no limit of memory, see `prlimitArgs`. */
  devices: readonly string[];
}

/** bubblewrap around each command. */
export async function bwrapSandbox({ bwrap, users, devices }: BwrapOptions): Promise<Sandbox> {
  const roots = await findRoots();
  return {
    level: 'bwrap',
    lacks: null,
    async confine({ path, args, cwd }, access) {
      const program = await needProgram(path);
      for (const file of access.reads) await needFile(file);
      const { folder, limits } = access;
      const user = await users?.borrow(access);
      const { LD_LIBRARY_PATH = '' } = cleanEnvironment();
      const layout = {
        ...{ roots, program, devices, access, cwd: cwd ?? folder ?? '/', userNamespace: users === null },
        libraryFolders: LD_LIBRARY_PATH.split(':').filter((place) => isAbsolute(place) && place !== '/'),
      };
      return {
        path: bwrap,
        args: [
          ...bwrapArgs(layout),
          // Inside: in a user namespace the kernel counts the processes of this one alone.
          ...prlimitArgs(limits, { ownUser: true, memory: devices.length === 0 }),
          ...(user ? setprivArgs({ user: user.id }) : []),
          ...[program, ...args],
        ],
        environment: homeIn(folder),
        inherit: [],
        diesWithParent: true,
        over: async () => (user ? user.giveBack() : folder === null ? null : takeFolder(folder, null)),
      };
    },
  };
}

/** `/bin`, `/lib` and their like, as this system has them. */
async function findRoots(): Promise<Map<string, string | null>> {
  const roots = new Map<string, string | null>();
  for (const name of ['bin', 'sbin', 'lib', 'lib32', 'lib64', 'libx32']) {
    const found = await lstat(`/${name}`).catch(() => null);
    if (found?.isSymbolicLink()) roots.set(name, await readlink(`/${name}`));
    else if (found?.isDirectory()) roots.set(name, null);
  }
  return roots;
}
