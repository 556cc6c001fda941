import { randomUUID } from 'node:crypto';
import type { Stats } from 'node:fs';
import { chmod, chown, lchown, lstat, mkdir, opendir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CatalogueError } from '../errors/catalogue-error.ts';
import { removeFolder } from './remove-folder.ts';

export interface Owner {
  uid: number;
  gid: number;
}

/** Folders in one another: of what a job makes three, of what libraries keep at home five. */
const deepest = 8;
/** Of the longest video, 12 h in segments of 4 s, ninety renditions lie in the packager's folder. */
const mostEntries = 1_000_000;
/** The four threads of Node's file system have something to do, and not all of it is listed first. */
const atOnce = 64;

/**
 * Takes a folder back after the tools in it have ended: all in it is `owner`'s (null: it was all the time), and open to us. What is no file of its
 * own (a link, a FIFO, a second name of a file elsewhere) is removed: our process would publish what is not the tool's, or wait for ever. So are
 * names that are no UTF-8, which no path of ours can name, and folders too deep for one. Gives the name of the first of these, or null. Rejects
 * with PROCESS_FAILED where the folder is gone, and with PROCESS_LIMIT where there is too much in it: then it is empty.
 */
export async function takeFolder(
  folder: string,
  owner: Owner | null,
  { most = mostEntries }: { most?: number } = {},
): Promise<string | null> {
  const found = await lstat(folder).catch(() => null);
  if (!found?.isDirectory()) throw new CatalogueError('PROCESS_FAILED', 'The folder of a tool is gone.');
  await chmod(folder, owner ? 0o700 : folderMode(found));
  const sweep: Sweep = { owner, left: most, strange: null };
  try {
    await takeEntries(folder, 1, sweep);
  } catch (error) {
    if (!(error instanceof TooMany)) throw error;
    await removeFolder(folder);
    await mkdir(folder, { mode: 0o700 });
    throw new CatalogueError('PROCESS_LIMIT', `More than ${most} files were left in the folder of a tool.`);
  }
  if (owner) await chown(folder, owner.uid, owner.gid);
  return sweep.strange;
}

interface Sweep {
  owner: Owner | null;
  /** Entries that may still come. */
  left: number;
  strange: string | null;
}

class TooMany extends Error {}

async function takeEntries(folder: string, depth: number, sweep: Sweep): Promise<void> {
  const folders: string[] = [];
  let some: Buffer[] = [];
  const takeSome = async () => {
    for (const path of await Promise.all(some.map((name) => takeEntry(folder, name, { depth, sweep })))) {
      if (path !== null) folders.push(path);
    }
    some = [];
  };
  // Latin 1 has a character for each byte: nothing of a name is lost.
  for await (const { name } of await opendir(folder, { encoding: 'latin1' })) {
    sweep.left -= 1;
    if (sweep.left < 0) throw new TooMany();
    some.push(Buffer.from(name, 'latin1'));
    if (some.length === atOnce) await takeSome();
  }
  await takeSome();
  for (const path of folders) await takeEntries(path, depth + 1, sweep);
}

/** Gives the path of a folder that is to be gone through. */
async function takeEntry(
  folder: string,
  name: Buffer,
  { depth, sweep }: { depth: number; sweep: Sweep },
): Promise<string | null> {
  const bytes = Buffer.concat([Buffer.from(`${folder}/`), name]);
  const path = join(folder, name.toString());
  const found = await lstat(bytes).catch(() => null);
  if (!found) return null; // of a folder that was removed under its other name
  const isPlain = Buffer.from(name.toString()).equals(name);
  if (isPlain && found.isDirectory() && depth < deepest) {
    await settle(path, found, { owner: sweep.owner, mode: folderMode(found) });
    return path;
  }
  if (isPlain && found.isFile() && found.nlink === 1) {
    await settle(path, found, { owner: sweep.owner, mode: (found.mode & 0o044) | 0o600 });
    return null;
  }
  sweep.strange ??= name.toString();
  if (found.isDirectory()) {
    const other = join(folder, randomUUID()); // `rm` is told in UTF-8
    await rename(bytes, other);
    await removeFolder(other);
  } else {
    await rm(bytes, { force: true });
  }
  return null;
}

const folderMode = ({ mode }: Stats): number => (mode & 0o055) | 0o700;

async function settle(
  path: string,
  found: Stats,
  { owner, mode }: { owner: Owner | null; mode: number },
): Promise<void> {
  if (owner && (found.uid !== owner.uid || found.gid !== owner.gid)) await lchown(path, owner.uid, owner.gid);
  if ((found.mode & 0o7777) !== mode) await chmod(path, mode);
}
