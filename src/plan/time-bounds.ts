import type { Effort } from './effort.ts';

/** How long a tool may take, ms, as `runProcess` takes it. Broken, it is ended: the first two as stalled, the last as timed out. */
export interface TimeBounds {
  /** Until the first sign of its work. */
  firstTimeoutMs: number;
  /** Between two signs. */
  stallTimeoutMs: number;
  wallTimeoutMs: number;
}

/**
 * So many seconds may a CPU-second take: machines are shared (eight jobs on two cores: 4), and some have cores half as fast as those of the
 * estimate. Measured with 16 jobs on two cores and a clip that is all noise (25 frames of 1080p into 1080p and 720p): 12.1 CPU-s, estimated 11.0.
 */
const slack = 8;
/** What is not known by its size: an hour, where a sign of work may take a minute. */
const leastWalls = { known: 5, unknown: 60 } as const;
/** No job may take longer (`timeoutMs`), whatever is estimated. */
const longestMs = 6 * 3_600_000;

/**
 * The bounds of one process. `leastMs`: what a tool may be silent for, however small its work (STALL_TIMEOUT_MS): starting it and reading what
 * lies on a slow disk take their time. Pure.
 */
export function timeBounds(effort: Effort | undefined, { leastMs }: { leastMs: number }): TimeBounds {
  if (!effort) {
    return { firstTimeoutMs: leastMs, stallTimeoutMs: leastMs, wallTimeoutMs: leastWalls.unknown * leastMs };
  }
  const bound = (least: number, cpuSeconds: number) =>
    Math.round(Math.min(Math.max(longestMs, least), least + slack * cpuSeconds * 1_000));
  return {
    firstTimeoutMs: bound(leastMs, effort.cpuSecondsToFirst),
    stallTimeoutMs: bound(leastMs, effort.cpuSecondsBetween),
    wallTimeoutMs: bound(leastWalls.known * leastMs, effort.cpuSeconds),
  };
}
