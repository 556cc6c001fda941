import { lstat, readlink, realpath } from 'node:fs/promises';
import { bwrapArgs } from './bwrap-args.ts';
import { homeIn } from './clean-environment.ts';
import { needProgram } from './find-program.ts';
import { needFile } from './hand-over.ts';
import { ourTurns } from './our-turns.ts';
import { prlimitArgs } from './prlimit-args.ts';
import type { Sandbox } from './sandbox.ts';
import { setprivArgs } from './setpriv-args.ts';
import type { ToolUsers } from './tool-users.ts';

export interface BwrapOptions {
  /** Their paths; `setpriv` where there are `users`. */
  programs: { bwrap: string; prlimit: string; setpriv?: string };
  /** Of root: whom a tool becomes inside. Null: a user namespace, in which it is who we are. */
  users: ToolUsers | null;
  /** Device files of a GPU; with them no limit of memory, see `prlimitArgs`. */
  devices: readonly string[];
  /** As of `BwrapLayout`. */
  moreFolders?: readonly string[];
  /** Of our own files: absolute, and perhaps not there yet. */
  home?: string | null;
}

/** bubblewrap around each command. */
export async function bwrapSandbox(options: BwrapOptions): Promise<Sandbox> {
  const { users, devices, moreFolders = [], home = null } = options;
  const { bwrap, prlimit, setpriv } = options.programs;
  const roots = await findRoots();
  return {
    level: 'bwrap',
    lacks: null,
    async confine({ path, args, cwd }, access) {
      const program = await needProgram(path);
      for (const file of access.reads) await needFile(file);
      const { folder, limits } = access;
      const user = await users?.borrow(access);
      const over = user ? user.giveBack : (await ourTurns.enter(folder)).leave;
      const changeUser = user && setpriv ? setprivArgs(setpriv, { user: user.id }) : [];
      const layout = {
        ...{ roots, devices, access, moreFolders, cwd: cwd ?? folder ?? '/', userNamespace: users === null },
        programs: [program, prlimit, ...(user && setpriv ? [setpriv] : [])],
        home: home === null ? null : await realpath(home).catch(() => null),
      };
      return {
        path: bwrap,
        args: [
          ...bwrapArgs(layout),
          // Inside: in a user namespace the kernel counts the processes of this one alone.
          ...prlimitArgs(prlimit, limits, { ownUser: true, memory: devices.length === 0 }),
          ...changeUser,
          ...[program, ...args],
        ],
        environment: homeIn(folder),
        inherit: [],
        diesWithParent: true,
        over,
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
