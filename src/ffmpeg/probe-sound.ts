import { stat } from 'node:fs/promises';
import { CatalogueError } from '../errors/catalogue-error.ts';
import { demuxEffort } from '../plan/effort.ts';
import { toSeconds } from '../plan/ticks.ts';
import type { InputFile } from './input-args.ts';
import type { Stream } from './parse-streams.ts';
import { packetsArgs } from './probe-args.ts';
import { field, ticks } from './probe-line.ts';
import { type IndexReading, parseTimeBase, readLines } from './probe-source.ts';
import type { Ffmpeg } from './run-ffmpeg.ts';

/** First and last moment of a sound track, seconds on the source's clock. */
export interface SoundSpan {
  start: number;
  end: number;
}

/**
 * Where a sound track lies, by one demux pass: headers of raw streams guess, and some tell nothing. It begins where ffprobe says, behind
 * what an encoder put in front. Rejects with INPUT_DAMAGED where there is no sound, and INPUT_TOO_LONG.
 */
export async function readSoundSpan(
  ffmpeg: Ffmpeg,
  { input, stream }: { input: InputFile; stream: Stream },
  reading: IndexReading,
): Promise<SoundSpan> {
  const timeBase = parseTimeBase(stream.time_base);
  const packets = soundPackets();
  const effort = demuxEffort({ bytes: (await stat(input.path)).size });
  await readLines(ffmpeg, packetsArgs(input, stream.index), packets, timeBase, { ...reading, effort });
  const first = toSeconds(packets.first(), timeBase);
  const start = Math.max(first, stream.start_time ?? first);
  const end = toSeconds(packets.end(), timeBase);
  if (!(end > start)) throw new CatalogueError('INPUT_DAMAGED', 'The file holds no sound that can be read.');
  return { start, end };
}

/** First and last tick of the packets of `packetsArgs`; a packet without a time follows the one before it. */
function soundPackets() {
  let [first, end] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  return {
    add(line: string): void {
      if (field(line, 'flags') === undefined) return; // a line of side data
      const duration = ticks(field(line, 'duration')) ?? 0;
      const pts = ticks(field(line, 'pts')) ?? (Number.isFinite(end) ? end : 0);
      first = Math.min(first, pts);
      end = Math.max(end, pts + duration);
    },
    span: () => (Number.isFinite(end) ? end - first : 0),
    first: () => first,
    end: () => end,
  };
}
