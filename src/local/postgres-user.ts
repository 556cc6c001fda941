import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { findExecutable } from './find-executable.ts';

/** How a program is started as another user: what stands before its command line, and the ids it gets. */
export interface RunAs {
  before: string[];
  ids: { uid: number; gid: number } | Record<string, never>;
}

const systemFolders = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * Postgres refuses to run as root. For root: as the system user `postgres`, which is made where it does not exist. For
 * anybody else: as oneself.
 */
export async function postgresUser(folders: string[]): Promise<RunAs> {
  if (process.getuid?.() !== 0) return { before: [], ids: {} };
  const ids = (await findUser('postgres')) ?? (await makeUser('postgres'));
  if (await passable(folders)) return { before: [], ids };
  // The checkout or the home lies below a folder that is closed to others, such as /root: postgres may pass it all the same.
  const setpriv = findExecutable(['setpriv'], `${process.env.PATH ?? ''}:${systemFolders}`);
  if (!setpriv) {
    throw new Error(
      `Postgres does not run as root, and its system user may not pass to ${folders.join(' and ')}: clone to a folder that others may enter, or set DATABASE_URL`,
    );
  }
  const passing = [
    `--reuid=${ids.uid}`,
    `--regid=${ids.gid}`,
    '--clear-groups',
    '--inh-caps=-all,+dac_override',
    '--ambient-caps=-all,+dac_override',
    // without it access(2), by which initdb looks for its programs, ignores the capability
    '--securebits=+no_setuid_fixup',
  ];
  return { before: [setpriv, ...passing], ids: {} };
}

/** The ids of a user in a passwd file; null where it is not there. */
export function parseUser(passwd: string, name: string): { uid: number; gid: number } | null {
  for (const line of passwd.split('\n')) {
    const [user, , uid, gid] = line.split(':');
    if (user === name) return { uid: Number(uid), gid: Number(gid) };
  }
  return null;
}

const findUser = async (name: string) => parseUser(await readFile('/etc/passwd', 'utf8'), name);

async function makeUser(name: string): Promise<{ uid: number; gid: number }> {
  const useradd = findExecutable(['useradd'], systemFolders);
  if (!useradd) throw new Error(`Postgres does not run as root: make a system user "${name}", or set DATABASE_URL`);
  await promisify(execFile)(useradd, ['--system', '--user-group', '--shell', '/usr/sbin/nologin', name]);
  const ids = await findUser(name);
  if (!ids) throw new Error(`useradd has not made the user ${name}`);
  return ids;
}

/** Whether every user may enter these folders. */
async function passable(folders: string[]): Promise<boolean> {
  for (const folder of folders) {
    for (let at = folder; ; at = dirname(at)) {
      if (((await stat(at)).mode & 0o001) === 0) return false;
      if (at === dirname(at)) break;
    }
  }
  return true;
}
