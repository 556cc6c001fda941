import type { Rational } from '../plan/probe.ts';
import { toSeconds } from '../plan/ticks.ts';
import { framesIn, type LostFrames } from './lost-frames.ts';
import type { Stream } from './parse-streams.ts';

/**
 * Frames of an MXF that its demuxer passes over: it names them in its log (by the file's index table), and gives what follows the times of what is
 * missing. Null where the track tells no more frames than the `found` ones: then the index table is wrong. One tick is one edit unit.
 */
export function skippedUnits(
  log: string,
  { index, duration, timeBase }: Pick<Stream, 'index' | 'duration'> & { timeBase: Rational },
  found: number,
): LostFrames | null {
  const unit = toSeconds(1, timeBase);
  let left = Math.round((duration ?? 0) / unit) - found;
  const jumps = [...log.matchAll(/edit unit sync lost on stream (\d+), jumping from (\d+) to (\d+)/g)];
  const holes = jumps.flatMap(([, stream, start, end]) => {
    const [from, to] = [Number(start), Number(end)];
    const frames = Number(stream) === index ? Math.min(left, to - from) : 0;
    if (frames <= 0) return [];
    left -= frames;
    return [{ from: from * unit, to: to * unit, frames }];
  });
  const lost = framesIn(holes);
  return lost === 0 ? null : { of: found + lost, holes };
}
