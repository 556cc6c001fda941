import { basename, dirname, join } from 'node:path';
import type { ToolAccess } from './sandbox.ts';

/** What of the system every program may see: programs, libraries and where the loader finds them. No homes, no settings. */
const systemFolders = [
  ...['bin', 'sbin', 'lib', 'lib32', 'lib64', 'libx32', 'libexec'].map((name) => `/usr/${name}`),
  ...['bin', 'lib', 'lib64'].map((name) => `/usr/local/${name}`),
  '/nix/store',
];
const loaderFiles = ['/etc/ld.so.cache', '/etc/alternatives'];

/** `/tmp`, bytes: in memory. A tool is told to use its folder. */
const tmpBytes = 16 * 2 ** 20;

export interface BwrapLayout {
  /** `bin`, `lib` and so on in `/`: where each leads as a link (`usr/lib`), or null where it is a folder. */
  roots: ReadonlyMap<string, string | null>;
  /** The tool and what starts it. Absolute, no links in them. */
  programs: readonly string[];
  /** LD_LIBRARY_PATH's, and what the settings name. */
  moreFolders: readonly string[];
  /** Home of our own files: closed where it lies in a folder of the system. Null: it is not there. */
  home: string | null;
  /** Devices beside the usual: a GPU's. */
  devices: readonly string[];
  access: Pick<ToolAccess, 'reads' | 'folder'>;
  cwd: string;
  /** A user namespace of its own; without it a user of its own has to be taken inside, by root. */
  userNamespace: boolean;
}

/**
 * bubblewrap's arguments up to the command: namespaces of its own, a root file system that holds what is named here, and nothing that
 * could be written but the folder and a small `/tmp`. Pure.
 */
export function bwrapArgs(layout: BwrapLayout): string[] {
  const { roots, programs, moreFolders, home, devices, access, cwd, userNamespace } = layout;
  const own = [...programs, ...programs.flatMap(librariesOf), ...moreFolders].filter((path) => !isOfSystem(path));
  const folder = access.folder === null ? [] : [access.folder];
  const closed = home !== null && isOfSystem(home) ? [home] : [];
  return [
    '--die-with-parent',
    ...(userNamespace ? ['--unshare-user', '--disable-userns'] : []),
    ...['--unshare-pid', '--unshare-net', '--unshare-ipc', '--unshare-uts', '--unshare-cgroup-try'],
    ...['--cap-drop', 'ALL', ...(userNamespace ? [] : changeOfUser.flatMap((name) => ['--cap-add', name]))],
    ...folders([...systemFolders, ...loaderFiles]),
    ...[...systemFolders, ...loaderFiles].flatMap((path) => ['--ro-bind-try', path, path]),
    ...[...roots].flatMap(([name, to]) => (to ? ['--symlink', to, `/${name}`] : ['--ro-bind', `/${name}`, `/${name}`])),
    ...['--proc', '/proc', '--dev', '/dev', ...devices.flatMap((path) => ['--dev-bind-try', path, path])],
    ...['--perms', '1777', '--size', String(tmpBytes), '--tmpfs', '/tmp'],
    ...closed.flatMap((path) => ['--perms', '0755', '--size', String(tmpBytes), '--tmpfs', path]),
    ...folders([...own, ...access.reads, ...folder]),
    ...own.flatMap((path) => ['--ro-bind-try', path, path]),
    ...[...access.reads].flatMap((path) => ['--ro-bind', path, path]),
    ...folder.flatMap((path) => ['--bind', path, path]),
    // All of these are file systems in memory that a tool could fill.
    ...closed.flatMap((path) => ['--remount-ro', path]),
    ...['--remount-ro', '/dev', '--remount-ro', '/', '--chdir', cwd, '--'],
  ];
}

/** What root must be able to do inside: go into the folder, which is the tool's, and be somebody else, who can do none of it. */
const changeOfUser = ['CAP_DAC_READ_SEARCH', 'CAP_SETUID', 'CAP_SETGID', 'CAP_SETPCAP'];

const isOfSystem = (path: string): boolean => systemFolders.some((folder) => path.startsWith(`${folder}/`));

/** A build in a folder of its own (`/opt/ffmpeg/bin/ffmpeg`) has its libraries beside. */
const librariesOf = (program: string): string[] =>
  basename(dirname(program)) === 'bin' ? [join(dirname(program), '../lib')] : [];

/** The folders above each path, outermost first: those that bubblewrap makes unasked are closed to all but their owner. */
function folders(paths: readonly string[]): string[] {
  const above = new Set<string>();
  for (const path of paths) for (const folder of ancestors(path)) above.add(folder);
  return [...above].flatMap((folder) => ['--dir', folder]);
}

const ancestors = (path: string): string[] => {
  const above = dirname(path);
  return above === '/' || above === path || above === '/tmp' ? [] : [...ancestors(above), above];
};
