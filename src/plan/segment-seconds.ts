import type { EncodePlan, Segment } from './encode-plan.ts';
import { toSeconds } from './ticks.ts';

/** Where a segment lies, in seconds from the first picture of the source. Pure. */
export function segmentSeconds(
  { start, end }: Pick<Segment, 'start' | 'end'>,
  { start: zero, timeBase, durationSeconds }: Pick<EncodePlan['source'], 'start' | 'timeBase' | 'durationSeconds'>,
): { from: number; to: number } {
  return {
    from: toSeconds(start - zero, timeBase),
    to: end === null ? durationSeconds : toSeconds(end - zero, timeBase),
  };
}
