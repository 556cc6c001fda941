import { mostTick } from '../plan/source-index.ts';

/** A value of a line `name=value|name=value`; a map of all of them would cost more than the rest of the pass. */
export function field(line: string, name: string): string | undefined {
  const key = `${name}=`;
  let at = line.indexOf(key);
  while (at > 0 && line[at - 1] !== '|') at = line.indexOf(key, at + 1);
  if (at < 0) return undefined;
  const end = line.indexOf('|', at);
  return line.slice(at + key.length, end < 0 ? undefined : end);
}

/** The value as ticks; null where it is not told, or is none that can be counted with. */
export function ticks(value: string | undefined): number | null {
  if (value === undefined || !/^-?\d+$/.test(value)) return null;
  const tick = Number(value);
  return Math.abs(tick) < mostTick ? tick : null;
}
