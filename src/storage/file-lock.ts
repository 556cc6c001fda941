import { open, rm, stat, utimes } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { errorCode, ifThere } from './file-errors.ts';

const beatMs = 2_000;
/** A lock that nobody has touched for this long belongs to a process that is gone. */
const deadMs = 15_000;
const pollMs = 100;

/** Does `work` while this process alone holds a lock file; waits for others of the machine. Rejects with the signal's reason. */
export async function withFileLock(path: string, signal: AbortSignal, work: () => Promise<void>): Promise<void> {
  while (!(await acquire(path))) {
    const held = await ifThere(stat(path));
    if (held && Date.now() - held.mtimeMs > deadMs) await rm(path, { force: true });
    else await wait(pollMs, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
  const beat = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => {});
  }, beatMs);
  try {
    signal.throwIfAborted();
    await work();
  } finally {
    clearInterval(beat);
    await rm(path, { force: true });
  }
}

/** True while a process that lives holds the lock. */
export async function isLocked(path: string): Promise<boolean> {
  const held = await ifThere(stat(path));
  return held !== null && Date.now() - held.mtimeMs <= deadMs;
}

async function acquire(path: string): Promise<boolean> {
  try {
    await (await open(path, 'wx')).close();
    return true;
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
    return false;
  }
}
