import { createHash } from 'node:crypto';
import { mkdir, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { CatalogueError } from '../errors/catalogue-error.ts';
import type { Sources } from '../jobs/services.ts';
import { fetchObject } from './fetch-object.ts';
import { ifThere } from './file-errors.ts';
import { withFileLock } from './file-lock.ts';
import { type CacheBound, takeRoom } from './make-room.ts';
import type { ArtefactStorage } from './storage.ts';

/** Far more often than a file counts as in use (`make-room.ts`). */
const touchEveryMs = 5 * 60_000;

/**
 * Local files of stored objects. The object's own file where the driver has one; else one download for all jobs and
 * processes of a machine (they share `folder`), its length checked. Before a download the least recently used files make
 * room, so that the folder stays within `maxBytes` as far as what is in use allows: used until the signal of a job aborts, as it
 * does when the job is over. Rejects with NOT_FOUND.
 */
export function createSources(storage: ArtefactStorage, cache: CacheBound): Sources {
  const keeper = createKeeper();
  return {
    async local(key, { signal }) {
      signal.throwIfAborted();
      const object = await storage.head(key);
      if (!object) throw new CatalogueError('NOT_FOUND', `${key} is not in storage any more: upload the file again`);
      const own = storage.localPath(key);
      if (own !== null) return own;

      await mkdir(cache.folder, { recursive: true, mode: 0o700 }); // not for tools: they are given a file of it
      const path = join(cache.folder, createHash('sha256').update(key).digest('hex'));
      if (!(await touch(path, object.size))) {
        await withFileLock(`${path}.lock`, signal, async () => {
          if (await touch(path, object.size)) return; // another process has fetched it meanwhile
          const partial = `${path}.${process.pid}.partial`;
          await fetchObject(storage, object, {
            path,
            partial,
            signal,
            begin: () => takeRoom(cache, partial, object.size, signal),
          });
        });
      }
      keeper.keep(path, object.size, signal);
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

/** Keeps files in use for as long as any job that asked for them runs: one may read for hours what it has asked for once. */
function createKeeper(): { keep(path: string, size: number, job: AbortSignal): void } {
  const kept = new Map<string, { size: number; jobs: Set<AbortSignal> }>();
  let timer: NodeJS.Timeout | undefined;
  const touchAll = () => {
    for (const [path, { size, jobs }] of kept) {
      for (const job of jobs) if (job.aborted) jobs.delete(job);
      if (jobs.size === 0) kept.delete(path);
      else void touch(path, size).catch(() => {});
    }
    if (kept.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
  return {
    keep(path, size, job) {
      const { jobs } = kept.get(path) ?? { jobs: new Set<AbortSignal>() };
      kept.set(path, { size, jobs: jobs.add(job) });
      timer ??= setInterval(touchAll, touchEveryMs).unref();
    },
  };
}
