import type { EncodePlan, Segment } from '../plan/encode-plan.ts';
import { countBefore } from '../plan/tick-list.ts';
import { decimalSeconds } from '../plan/ticks.ts';
import { frameIndex } from './parse-index.ts';
import { framesArgs } from './probe-args.ts';
import type { Ffmpeg } from './run-ffmpeg.ts';

/** Packets are read in the order of decoding: what is shown before a time can stand this far behind it, seconds. */
const latest = 3;

/**
 * Times (ticks, ascending) of the frames of a segment's span that a plain decode of the source from its beginning shows: the arbiter
 * where an encode lacks frames. Rejects as `ffmpeg.probe`.
 */
export async function decodeSpan(
  ffmpeg: Ffmpeg,
  { sourcePath, source, segment }: { sourcePath: string; source: EncodePlan['source']; segment: Segment },
  signal: AbortSignal,
): Promise<Float64Array> {
  const { timeBase, demuxer, streamIndex } = source;
  const frames = frameIndex({ timeBase, frameDuration: 1 });
  const behind = Math.ceil((latest * timeBase.denominator) / timeBase.numerator);
  const until =
    segment.end === null ? [] : ['-read_intervals', `%${decimalSeconds(segment.end + behind, timeBase, 'up')}`];
  const args = [...until, ...framesArgs({ path: sourcePath, demuxer }, streamIndex)];
  await ffmpeg.probe(args, { signal, onLine: frames.add });
  const presented = frames.result()?.presented ?? new Float64Array();
  const end = segment.end === null ? presented.length : countBefore(presented, segment.end);
  return presented.slice(countBefore(presented, segment.start), end);
}
