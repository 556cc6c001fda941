import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { isAlive } from '../process/is-alive.ts';

/**
 * The command line of a process, or null where it does not run (a zombie counts as gone). A pid from a file may have
 * been given to another program since: whoever signals one asks this first.
 */
export async function commandOf(pid: number): Promise<string | null> {
  if (!isAlive(pid)) return null;
  try {
    if (process.platform === 'linux') {
      return (await readFile(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ').trim() || null;
    }
    const { stdout } = await promisify(execFile)('/bin/ps', ['-p', String(pid), '-o', 'command=']);
    return stdout.trim() || null;
  } catch {
    return null;
  }
}

/** Asks a process to end, waits, and kills it where it does not end within `graceMs`. Gives when it is gone. */
export async function endProcess(pid: number, signal: NodeJS.Signals, graceMs: number): Promise<void> {
  send(pid, signal);
  const deadline = Date.now() + graceMs;
  while ((await commandOf(pid)) !== null) {
    if (Date.now() > deadline) send(pid, 'SIGKILL');
    await sleep(25);
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // already gone
  }
}
