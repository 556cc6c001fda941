const firstMs = 500;
const longestMs = 30_000;
const steadyMs = 60_000;

/**
 * How long to wait before a process that died is started again, ms: doubled with every death in a row, from 0.5 s to
 * 30 s. A process that lived for a minute starts a new row.
 */
export function restartDelay(deathsInARow: number): number {
  return Math.min(longestMs, firstMs * 2 ** Math.max(0, deathsInARow - 1));
}

/** The deaths in a row after one more, of a process that lived for `livedMs`. */
export const countDeath = (deathsInARow: number, livedMs: number): number =>
  livedMs >= steadyMs ? 1 : deathsInARow + 1;
