import { stat } from 'node:fs/promises';
import { wholeDecodeEffort } from '../plan/effort.ts';
import type { EncodePlan, Segment } from '../plan/encode-plan.ts';
import type { Picture } from '../plan/picture.ts';
import { countBefore } from '../plan/tick-list.ts';
import { frameIndex } from './parse-index.ts';
import { framesArgs } from './probe-args.ts';
import type { Ffmpeg } from './run-ffmpeg.ts';

/**
 * Times (ticks, ascending) of the frames of a segment's span that a plain decode of the source from its beginning shows: the arbiter
 * where an encode lacks frames. Rejects as `ffmpeg.probe`.
 */
export async function decodeSpan(
  ffmpeg: Ffmpeg,
  {
    sourcePath,
    source,
    picture,
    segment,
  }: { sourcePath: string; source: EncodePlan['source']; picture: Picture; segment: Segment },
  signal: AbortSignal,
): Promise<Float64Array> {
  const frames = frameIndex({ timeBase: source.timeBase, frameDuration: 1 });
  const input = { path: sourcePath, demuxer: source.demuxer };
  const end = segment.end ?? Number.POSITIVE_INFINITY;
  const enough = new Error('the span is over');
  await ffmpeg
    .probe(framesArgs(input, source.streamIndex), {
      signal,
      effort: wholeDecodeEffort({ source, picture }, { bytes: (await stat(sourcePath)).size }),
      onLine(line) {
        frames.add(line);
        // Not by the packets: a decoder that is stopped shows what it would hold back until the damage is over.
        if (frames.latest() >= end) throw enough;
      },
    })
    .catch((thrown: unknown) => {
      if (thrown !== enough) throw thrown;
    });
  const presented = frames.result()?.presented ?? new Float64Array();
  return presented.slice(countBefore(presented, segment.start), countBefore(presented, end));
}
