import { type FileHandle, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CatalogueError } from '../errors/catalogue-error.ts';
import { homeIn } from './clean-environment.ts';
import { needProgram } from './find-program.ts';
import { prlimitArgs } from './prlimit-args.ts';
import type { Sandbox } from './sandbox.ts';
import { setprivArgs } from './setpriv-args.ts';
import type { ToolUsers } from './tool-users.ts';

/**
 * For root where there are no namespaces: each command as a user of its own. What it may read it gets as open files, named `/proc/self/fd/N` in its
 * arguments, for the folders of the storage are closed to it. It must be able to pass the folders above its own: the packager asks for the true
 * path of what it writes. What it leaves in `/tmp` and the like stays there.
 */
export function userSandbox(options: {
  users: ToolUsers;
  lacks: string;
  memory: boolean;
  /** Their paths. */
  programs: { prlimit: string; setpriv: string };
}): Sandbox {
  const { users, lacks, memory, programs } = options;
  return {
    level: 'uid',
    lacks,
    async confine({ path, args }, access) {
      const program = await needProgram(path);
      if (access.folder !== null && !(await isOpenToAll(access.folder))) {
        throw new CatalogueError('PROCESS_FAILED', 'no other user may pass the folders above the work folder');
      }
      const user = await users.borrow(access);
      const files = openFiles();
      const over = () => files.close().then(user.giveBack, user.giveBack);
      try {
        const names: [string, string][] = [];
        for (const file of access.reads) names.push([file, await files.open(file)]);
        const started = (await isOpenToAll(program)) ? program : await files.open(program);
        const [setpriv = '', ...rest] = [
          ...setprivArgs(programs.setpriv, { user: user.id, dies: true }),
          ...prlimitArgs(programs.prlimit, access.limits, { ownUser: true, memory }),
          ...[started, ...args.map((arg) => renamed(arg, names))],
        ];
        return {
          path: setpriv,
          args: rest,
          environment: homeIn(access.folder),
          inherit: files.descriptors(),
          diesWithParent: true,
          over,
        };
      } catch (error) {
        await over().catch(() => {}); // the first error stays
        throw error;
      }
    },
  };
}

/** An argument with each of these paths by its other name. Pure. */
export function renamed(arg: string, names: readonly (readonly [string, string])[]): string {
  const longestFirst = [...names].sort(([a], [b]) => b.length - a.length);
  return longestFirst.reduce((text, [path, name]) => {
    const escaped = path.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    return text.replace(new RegExp(`${escaped}(?![\\w.-])`, 'g'), () => name);
  }, arg);
}

/** Standard input, output and error come before. */
const firstInherited = 3;

function openFiles() {
  const handles: FileHandle[] = [];
  return {
    async open(path: string): Promise<string> {
      const name = `/proc/self/fd/${firstInherited + handles.length}`;
      handles.push(await open(path, 'r'));
      return name;
    },
    descriptors: () => handles.map(({ fd }) => fd),
    async close(): Promise<void> {
      for (const handle of handles) await handle.close();
    },
  };
}

/** By the modes of the folders above it. */
async function isOpenToAll(path: string): Promise<boolean> {
  const above = dirname(path);
  if (!((await stat(above)).mode & 0o001)) return false;
  return above === path || above === '/' || isOpenToAll(above);
}
