import { createHash } from 'node:crypto';
import { mkdir, readdir, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { CatalogueError } from '../errors/catalogue-error.ts';
import type { Sources } from '../jobs/services.ts';
import { fetchObject } from './fetch-object.ts';
import { ifThere } from './file-errors.ts';
import { withFileLock } from './file-lock.ts';
import type { ArtefactStorage } from './storage.ts';

/** A file used within this time may be open in a tool: it is not removed, even where the cache is over its bound. */
const inUseMs = 30 * 60_000;

/**
 * Local files of stored objects. The object's own file where the driver has one; else one download for all jobs and
 * processes of a machine (they share `folder`), its length checked. Before a download the least recently used files make
 * room, so that the folder stays within `maxBytes` as far as what is in use allows. Rejects with NOT_FOUND.
 */
export function createSources(storage: ArtefactStorage, cache: { folder: string; maxBytes: number }): Sources {
  return {
    async local(key, { signal }) {
      signal.throwIfAborted();
      const object = await storage.head(key);
      if (!object) throw new CatalogueError('NOT_FOUND', `there is no object ${key}`);
      const own = storage.localPath(key);
      if (own !== null) return own;

      await mkdir(cache.folder, { recursive: true });
      const path = join(cache.folder, createHash('sha256').update(key).digest('hex'));
      if (await touch(path, object.size)) return path;
      await withFileLock(`${path}.lock`, signal, async () => {
        if (await touch(path, object.size)) return; // another process has fetched it meanwhile
        await makeRoom(cache, object.size);
        await fetchObject(storage, object, path, signal);
      });
      return path;
    },
  };
}

/** True where the file is there and whole; it then counts as just used. */
async function touch(path: string, size: number): Promise<boolean> {
  const found = await ifThere(stat(path));
  if (found?.size !== size) return false;
  const now = new Date();
  return (await ifThere(utimes(path, now, now).then(() => true))) ?? false;
}

async function makeRoom({ folder, maxBytes }: { folder: string; maxBytes: number }, wanted: number): Promise<void> {
  const names = (await readdir(folder)).filter((name) => /^[0-9a-f]{64}$/.test(name));
  const files = await Promise.all(
    names.map(async (name) => {
      const path = join(folder, name);
      const found = await ifThere(stat(path));
      return { path, size: found?.size ?? 0, usedAt: found?.mtimeMs ?? 0 };
    }),
  );
  let total = files.reduce((sum, { size }) => sum + size, wanted);
  for (const file of files.sort((a, b) => a.usedAt - b.usedAt)) {
    if (total <= maxBytes || Date.now() - file.usedAt < inUseMs) return;
    await rm(file.path, { force: true });
    total -= file.size;
  }
}
