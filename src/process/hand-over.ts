import { chmod, chown, lchown, lstat, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CatalogueError } from '../errors/catalogue-error.ts';
import { readersGroup } from './take-user.ts';

/** Gives a folder and all in it to a user (and its group), who has it alone. For root, while no tool runs in there: it goes by paths. */
export async function giveFolder(folder: string, user: number): Promise<void> {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const { nlink } = await lstat(path);
    // Of two names the other one is not the tool's: a stored object, which nobody may change.
    if (entry.isDirectory() || nlink === 1) await lchown(path, user, user);
  }
  await chown(folder, user, user);
  await chmod(folder, 0o700);
}

/** The file is there. Rejects with NOT_FOUND. */
export async function needFile(path: string): Promise<{ mode: number; uid: number; gid: number }> {
  const found = await stat(path).catch(() => null);
  if (!found?.isFile()) throw new CatalogueError('NOT_FOUND', 'A file that a tool should read is not there.');
  return found;
}

/** Lets the group of readers read a file that others may not: its folders keep everybody else out. For root. Rejects with NOT_FOUND. */
export async function letRead(path: string): Promise<void> {
  const { mode, uid, gid } = await needFile(path);
  if (mode & 0o004 || (gid === readersGroup && mode & 0o040)) return;
  await chown(path, uid, readersGroup);
  await chmod(path, (mode & 0o7777) | 0o040);
}
