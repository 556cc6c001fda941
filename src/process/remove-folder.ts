import { rmdir } from 'node:fs/promises';
import { createLog } from '../log.ts';
import { cleanEnvironment } from './clean-environment.ts';
import { runProcess } from './run-process.ts';

const boundMs = 60_000;

/**
 * Removes a folder with all that a tool may have put there: paths longer than the system takes, names that are no UTF-8, folders closed to us. `rm`
 * goes from folder to folder and follows no link, even while somebody exchanges them; Node's goes by whole paths. Rejects where something stays.
 */
export async function removeFolder(folder: string): Promise<void> {
  // Most jobs beside encodes leave it empty, and to start a program stops this process for some milliseconds.
  if (await isRemovedEmpty(folder)) return;
  const PATH = `${cleanEnvironment().PATH ?? ''}:/usr/bin:/bin`; // PATH may name no folder of the system
  const run = (program: string, args: string[]) =>
    runProcess(program, args, { signal: AbortSignal.timeout(boundMs), log, env: { PATH } });
  try {
    await run('rm', ['-rf', '--', folder]);
  } catch (error) {
    if (error instanceof Error && error.name === 'TimeoutError') throw error;
    await run('chmod', ['-R', 'u+rwx', '--', folder]).catch(() => {}); // `rm` says what is left
    await run('rm', ['-rf', '--', folder]);
  }
}

/** Removes nothing but an empty folder: whatever else stands there is `rm`'s to judge. */
const isRemovedEmpty = (folder: string): Promise<boolean> =>
  rmdir(folder).then(
    () => true,
    () => false,
  );

const log = createLog({ level: 'silent', name: 'remove-folder' });
