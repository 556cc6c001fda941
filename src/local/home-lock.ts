import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { commandOf } from './other-process.ts';

/** Who runs a home: its process id. */
export interface HomeOwner {
  pid: number;
}

/**
 * Takes a home for this process. Gives null when it is taken, or else who has it. A lock whose process is gone (killed,
 * or its id now names another program) is taken over.
 */
export async function lockHome(file: string): Promise<HomeOwner | null> {
  const mine = `${file}.${process.pid}`;
  await writeFile(mine, `${process.pid}\n`, { mode: 0o600 });
  try {
    for (;;) {
      const owner = await homeOwner(file);
      if (owner) return owner;
      await rm(file, { force: true });
      // link() makes the lock with its text in one step, and fails where somebody was faster
      if (await linked(mine, file)) return null;
    }
  } finally {
    await rm(mine, { force: true });
  }
}

/** The live process that has a home, or null. */
export async function homeOwner(file: string): Promise<HomeOwner | null> {
  const pid = Number.parseInt(await readFile(file, 'utf8').catch(() => ''), 10);
  if (!Number.isInteger(pid) || pid <= 0) return null;
  const command = await commandOf(pid);
  return command && /node|reelmill/.test(command) ? { pid } : null;
}

export const unlockHome = (file: string): Promise<void> => rm(file, { force: true });

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}
