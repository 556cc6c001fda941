import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { CatalogueError } from '../errors/catalogue-error.ts';
import { md5OfFile } from './etags.ts';
import { errorCode, ifThere, isMissing } from './file-errors.ts';
import type { ObjectPaths } from './object-paths.ts';
import type { StoredObject } from './storage.ts';

const factsSchema = z.object({ etag: z.string(), contentType: z.string() });
type Facts = z.infer<typeof factsSchema>;

/** A path for a file that is being written; its folder is there. */
export async function incomingPath(paths: ObjectPaths): Promise<string> {
  await mkdir(paths.root, { recursive: true, mode: 0o700 }); // closed to the users of tools, who are given one file of it
  await mkdir(paths.incoming, { recursive: true });
  return join(paths.incoming, randomBytes(12).toString('hex'));
}

/**
 * Makes a whole, synced file of the storage's file system visible under its key by a hard link: at once, or not at all
 * (OBJECT_EXISTS). The file itself stays where it is. Rejects with EXDEV where it lies on another file system.
 */
export async function publishFile(paths: ObjectPaths, key: string, file: string, facts: Facts): Promise<StoredObject> {
  const target = paths.object(key);
  const { size, ino } = await stat(file);
  const factsPath = paths.facts(key, ino);
  try {
    await intoFolder(factsPath, () => writeFile(factsPath, JSON.stringify(facts)));
    await intoFolder(target, () => link(file, target));
  } catch (error) {
    const taken = await ifThere(stat(target));
    if (taken?.ino !== ino) await rm(factsPath, { force: true });
    if (errorCode(error) === 'EEXIST')
      throw new CatalogueError('OBJECT_EXISTS', `there is an object ${key} already`, { cause: error });
    throw error;
  }
  await syncPath(dirname(target));
  return { key, size, etag: facts.etag };
}

/** What is stored under a key, or null. */
export async function lookUp(
  paths: ObjectPaths,
  key: string,
): Promise<(StoredObject & { contentType: string }) | null> {
  const path = paths.object(key);
  const found = await ifThere(stat(path));
  if (!found?.isFile()) return null;
  const text = await ifThere(readFile(paths.facts(key, found.ino), 'utf8'));
  // A folder that was copied or restored has new inodes: what they told is found again from the bytes.
  const facts = text ? factsSchema.parse(JSON.parse(text)) : await relearn(paths, key, path, found.ino);
  return { key, size: found.size, ...facts };
}

async function relearn(paths: ObjectPaths, key: string, path: string, inode: number): Promise<Facts> {
  const facts = { etag: await md5OfFile(path), contentType: 'application/octet-stream' };
  const factsPath = paths.facts(key, inode);
  await intoFolder(factsPath, () => writeFile(factsPath, JSON.stringify(facts)));
  return facts;
}

/** Waits until a file's bytes, or a folder's entries, are on the disk. */
export async function syncPath(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Writes into a folder that may not be there, or that a removal takes away in the same moment. */
async function intoFolder(path: string, write: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await write();
    } catch (error) {
      if (!isMissing(error) || tries === 4) throw error;
      await mkdir(dirname(path), { recursive: true });
    }
  }
}
