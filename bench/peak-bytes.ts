import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** Runs a program and gives its largest resident memory, bytes, as the kernel keeps it (VmHWM; Linux only). Rejects where it fails. */
export async function peakBytes(path: string, args: string[]): Promise<number> {
  const child = spawn(path, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  let kibibytes = 0;
  let over = false;
  const ended = once(child, 'close').finally(() => {
    over = true;
  });
  while (!over) {
    const status = await readFile(`/proc/${child.pid}/status`, 'utf8').catch(() => '');
    kibibytes = Math.max(kibibytes, Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0));
    await sleep(5);
  }
  const [code] = await ended;
  if (code !== 0) throw new Error(`${[path, ...args].join(' ')}: ${code}`);
  return kibibytes * 1024;
}
