import { readdir, readFile } from 'node:fs/promises';
import { until } from './queue.ts';

/** A process as /proc tells of it. */
interface Running {
  pid: number;
  parent: number;
  /** The program's name, 15 characters at most. */
  name: string;
  command: string;
}

/** Every process of this name below a process, whatever wraps it: a sandbox is some processes of its own. */
export async function processesBelow(pid: number, name: string): Promise<Running[]> {
  const all = (
    await Promise.all((await readdir('/proc')).filter((entry) => /^\d+$/.test(entry)).map(readProcess))
  ).filter((found) => found !== null);
  const below = new Set([pid]);
  for (let before = 0; before !== below.size; ) {
    before = below.size;
    for (const { pid, parent } of all) if (below.has(parent)) below.add(pid);
  }
  return all.filter((found) => found.name === name && below.has(found.pid));
}

/** Waits for the first one whose command holds `words`. */
export const firstBelow = (pid: number, name: string, words = ''): Promise<Running> =>
  until(`${name} ${words}`, 20_000, async () => {
    const found = await processesBelow(pid, name);
    return found.find(({ command }) => command.includes(words)) ?? null;
  });

async function readProcess(pid: string): Promise<Running | null> {
  const read = (file: string) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '');
  const [stat, command] = await Promise.all([read('stat'), read('cmdline')]);
  const [, name, rest] = /^\d+ \((.*)\) (.*)$/s.exec(stat) ?? [];
  const [state, parent] = rest?.split(' ') ?? [];
  if (name === undefined || state === undefined || state === 'Z') return null;
  return { pid: Number(pid), parent: Number(parent), name, command: command.replaceAll('\0', ' ') };
}
