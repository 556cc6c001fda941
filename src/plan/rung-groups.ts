import { estimateCpuSeconds } from './cost.ts';
import type { Rung } from './encode-plan.ts';
import { type DecodedPictures, estimateMemoryBytes } from './memory.ts';
import type { Policy } from './policy.ts';

/** Rungs that one process makes from one decode. */
export interface RungGroup {
  /** `all`, or `preview` for the low rungs together and the rung's own name for one that stands alone. */
  name: string;
  rungs: Rung[];
}

/**
 * Groups a codec's rungs so that a job stays below the policy's cost and memory: the top rung alone once the job would pass
 * one of them, again and again, and the rest together. Every group pays the decode anew, so there are as few as the limit allows.
 * The cheapest group comes first: it is what a viewer can watch early.
 */
export function groupRungs(
  rungs: readonly Rung[],
  work: { frames: number; source: { width: number; height: number }; decoded: DecodedPictures },
  policy: Pick<Policy, 'jobCpuSeconds' | 'jobMemoryBytes'>,
): RungGroup[] {
  const isTooMuch = (together: readonly Rung[]) =>
    estimateCpuSeconds({ ...work, rungs: together }) > policy.jobCpuSeconds ||
    estimateMemoryBytes({ ...work.decoded, rungs: together }) > policy.jobMemoryBytes;
  const rest = [...rungs].sort((a, b) => a.width * a.height - b.width * b.height);
  const alone: RungGroup[] = [];
  while (rest.length > 1 && isTooMuch(rest)) {
    alone.unshift(...rest.splice(-1).map((rung) => ({ name: rung.name, rungs: [rung] })));
  }
  return [{ name: alone.length > 0 ? 'preview' : 'all', rungs: rest }, ...alone];
}
