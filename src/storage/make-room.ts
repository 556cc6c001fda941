import { open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ifThere } from './file-errors.ts';
import { isLocked, withFileLock } from './file-lock.ts';

export interface CacheBound {
  folder: string;
  maxBytes: number;
}

/** A file used within this time may be open in a tool: it is not removed, even where the cache is over its bound. */
const inUseMs = 30 * 60_000;

/**
 * Makes room for a file of `size` bytes and takes it: `partial` then has that size, though nothing on the disk yet, so that
 * downloads at the same time see each other. The least recently used files go, and what dead processes left half fetched.
 */
export async function takeRoom(cache: CacheBound, partial: string, size: number, signal: AbortSignal): Promise<void> {
  await withFileLock(join(cache.folder, 'room.lock'), signal, async () => {
    await makeRoom(cache, size);
    const handle = await open(partial, 'w');
    try {
      await handle.truncate(size);
    } finally {
      await handle.close();
    }
  });
}

async function makeRoom({ folder, maxBytes }: CacheBound, wanted: number): Promise<void> {
  const files = (await Promise.all((await readdir(folder)).map((name) => lookAt(folder, name)))).flat();
  let total = wanted;
  for (const file of files) {
    if (file.orphaned) await rm(file.path, { force: true });
    else total += file.size;
  }
  const whole = files.filter((file) => !file.partial && Date.now() - file.usedAt >= inUseMs);
  for (const file of whole.sort((a, b) => a.usedAt - b.usedAt)) {
    if (total <= maxBytes) return;
    await rm(file.path, { force: true });
    total -= file.size;
  }
}

/** A whole file is named by its hash, a half fetched one `<hash>.<pid>.partial`; who fetches it holds `<hash>.lock`. */
async function lookAt(folder: string, name: string) {
  const [, hash, pid] = /^([0-9a-f]{64})(?:\.(\d+)\.partial)?$/.exec(name) ?? [];
  const path = join(folder, name);
  const found = hash ? await ifThere(stat(path)) : null;
  if (!hash || !found) return [];
  const partial = pid !== undefined;
  const orphaned = partial && !(await isLocked(join(folder, `${hash}.lock`)));
  return [{ path, size: found.size, usedAt: found.mtimeMs, partial, orphaned }];
}
