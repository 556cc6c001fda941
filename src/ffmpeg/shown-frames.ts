import type { SourceIndex } from '../plan/source-index.ts';
import { countBefore, holdsTick } from '../plan/tick-list.ts';

/**
 * The index of a damaged source: its packets, with only those frames that a decode shows, at the times that it gives them. Decoding begins at
 * no keyframe that is not shown itself, unless an edit list cuts it away. Null where nothing is shown.
 */
export function withShownFrames(packets: SourceIndex, decoded: SourceIndex): SourceIndex | null {
  const [first = 0] = packets.presented;
  const presented = decoded.presented.slice(countBefore(decoded.presented, first));
  const last = presented.at(-1);
  if (last === undefined) return null;
  const begins = (_: number, position: number) => {
    const pts = packets.keyframes.pts[position] ?? Number.NaN;
    return holdsTick(presented, pts) || !holdsTick(packets.presented, pts);
  };
  const keyframes = { pts: packets.keyframes.pts.filter(begins), dts: packets.keyframes.dts.filter(begins) };
  return { ...packets, presented, keyframes, end: packets.presented.at(-1) === last ? packets.end : decoded.end };
}
