import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/**
 * CPU-seconds that these processes have used, with the children that they have waited for, and with what has lost its parent since our own parent
 * began: that is `reap-orphans.py`, which waits for those; any other parent adds nothing. Linux only.
 */
export function cpuSeconds(pids: readonly number[]): number {
  const ticks = pids.map((pid) => ticksIn(statOf(pid), [...own, ...waitedFor]));
  return ticks.reduce((sum, each) => sum + each, ticksIn(statOf(process.ppid), waitedFor)) / ticksPerSecond;
}

/** Where proc_pid_stat(5) has utime and stime, then cutime and cstime. */
const own = [14, 15];
const waitedFor = [16, 17];

/** Ticks in these fields of a line of /proc/<pid>/stat, together. Pure. */
export function ticksIn(stat: string, fields: readonly number[]): number {
  // The name, in brackets, may hold spaces: count from behind it. Field 3 is the first one there.
  const found = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields.reduce((sum, field) => sum + Number(found[field - 3]), 0);
}

const statOf = (pid: number): string => readFileSync(`/proc/${pid}/stat`, 'utf8');
