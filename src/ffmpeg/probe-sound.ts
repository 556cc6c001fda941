import { CatalogueError } from '../errors/catalogue-error.ts';
import type { InputFile } from './input-args.ts';
import type { Stream } from './parse-streams.ts';
import { packetsArgs } from './probe-args.ts';
import { type IndexReading, readLines } from './probe-source.ts';
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
  const [numerator = 0, denominator = 1] = stream.time_base.split('/').map(Number);
  const timeBase = { numerator, denominator };
  const packets = soundPackets();
  await readLines(ffmpeg, packetsArgs(input, stream.index), packets, timeBase, reading);
  const first = (packets.first() * numerator) / denominator;
  const start = Math.max(first, stream.start_time ?? first);
  const end = (packets.end() * numerator) / denominator;
  if (!(end > start)) throw new CatalogueError('INPUT_DAMAGED', 'The file holds no sound that can be read.');
  return { start, end };
}

/** First and last tick of the packets of `packetsArgs`; a packet without a time follows the one before it. */
function soundPackets() {
  let [first, end] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  return {
    add(line: string): void {
      const duration = ticksOf(line, 'duration') ?? 0;
      const pts = ticksOf(line, 'pts') ?? (Number.isFinite(end) ? end : 0);
      if (!line.includes('flags=')) return; // a line of side data
      first = Math.min(first, pts);
      end = Math.max(end, pts + duration);
    },
    span: () => (Number.isFinite(end) ? end - first : 0),
    first: () => first,
    end: () => end,
  };
}

function ticksOf(line: string, field: string): number | null {
  const value = new RegExp(`(?:^|\\|)${field}=(-?\\d+)`).exec(line)?.[1];
  return value === undefined ? null : Number(value);
}
