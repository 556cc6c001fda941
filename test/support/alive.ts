import { spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

/** Whether a process is there; one that is dead and waits for its parent is not. */
export function alive(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', `${pid}`], { encoding: 'utf8' });
  return stdout !== '' && !stdout.startsWith('Z'); // a zombie waits for an init that may be slow
}

/** Waits a second at most until a process is gone; false where it is still there. */
export async function gone(pid: number): Promise<boolean> {
  for (let tries = 0; tries < 50 && alive(pid); tries += 1) await sleep(20);
  return !alive(pid);
}
