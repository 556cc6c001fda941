import type { EncodePlan, Segment } from '../plan/encode-plan.ts';
import { decimalSeconds } from '../plan/ticks.ts';

/**
 * ffmpeg's `-force_key_frames` of a segment. A list of seconds, as the expression's `t` counts from the first frame in new builds and
 * absolutely in old ones: each rounded down, so that the frame of that time is the first one that is not before it. Linux takes
 * 128 KiB in one argument: where the plan says that the list is longer, the segment begins at 0, where both mean the same, and an
 * expression asks for the first frame of each interval. A billionth of an interval is added for what doubles lose; no tick is as short.
 */
export function forcedKeyframes(
  { keyframes, keyframeEvery }: Pick<Segment, 'keyframes' | 'keyframeEvery'>,
  { start, timeBase }: Pick<EncodePlan['source'], 'start' | 'timeBase'>,
): string {
  if (keyframeEvery === undefined) {
    return keyframes.map((pts) => decimalSeconds(pts - start, timeBase, 'down')).join();
  }
  const interval = (t: string) => `floor(${t}/${keyframeEvery}+1e-9)`;
  return `expr:isnan(prev_forced_t)+gt(${interval('t')},${interval('prev_forced_t')})`;
}
