import { chmod, chown, lchown, lstat, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CatalogueError } from '../errors/catalogue-error.ts';
import { readersGroup } from './take-user.ts';

export interface Owner {
  uid: number;
  gid: number;
}

/** Gives a folder and all in it to a user (and its group), who has it alone. For root. */
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

/**
 * Takes a folder back after the tools in it have ended: all in it is `owner`'s (null: it was all the time), and open to us. What is no file of its
 * own (a link, a FIFO, a second name of a file elsewhere) is removed: our process would publish what is not the tool's, or wait for ever. Gives the
 * name of the first of these, or null.
 */
export async function takeFolder(folder: string, owner: Owner | null): Promise<string | null> {
  let strange: string | null = null;
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const found = await lstat(path);
    if (found.isDirectory()) {
      await settle(path, found, { owner, mode: (found.mode & 0o055) | 0o700 });
      const inside: string | null = await takeFolder(path, owner);
      strange ??= inside;
    } else if (found.isFile() && found.nlink === 1) {
      await settle(path, found, { owner, mode: (found.mode & 0o044) | 0o600 });
    } else {
      await rm(path, { force: true });
      strange ??= name;
    }
  }
  if (owner) await chown(folder, owner.uid, owner.gid);
  return strange;
}

async function settle(
  path: string,
  found: { uid: number; gid: number; mode: number },
  { owner, mode }: { owner: Owner | null; mode: number },
): Promise<void> {
  if (owner && (found.uid !== owner.uid || found.gid !== owner.gid)) await lchown(path, owner.uid, owner.gid);
  if ((found.mode & 0o7777) !== mode) await chmod(path, mode);
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
