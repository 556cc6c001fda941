import type { Reached } from '../ffmpeg/watch-progress.ts';
import type { PlannedEncode } from '../plan/find-encode-task.ts';
import { segmentSeconds } from '../plan/segment-seconds.ts';

/**
 * Where in the source an encode stands, for the error that ends it: seconds from the first picture, as far as frames tell that lie closer here and wider
 * there. Before the first frame it may still be on its way to the segment. Pure.
 */
export function whereInSegment({
  source,
  segment,
}: Pick<PlannedEncode, 'source' | 'segment'>): (reached: Pick<Reached, 'frames'>) => string {
  const { from, to } = segmentSeconds(segment, source);
  return ({ frames }) => {
    if (frames === 0) return `before the segment at ${from.toFixed(1)} s of the source`;
    const seconds = from + (to - from) * Math.min(1, frames / segment.frames);
    return `at ${seconds.toFixed(1)} s of the source`;
  };
}
