import type { Hole } from '../plan/holes.ts';
import { type InputFile, inputArgs } from './input-args.ts';
import { patience } from './probe-args.ts';
import { field } from './probe-line.ts';

/** What the packets of a sound track tell without being decoded. Times, and those of holes, in seconds on the source's clock. */
export interface SoundFacts {
  packets: number;
  channels: number;
  /** PCM in floating point, as it was written: samples may be infinite, or no numbers at all. */
  unclean: boolean;
  /** Where its first sample belongs, and where its last one ends; null where no packet has a time. */
  startSeconds: number | null;
  endSeconds: number | null;
  /** By how much ffmpeg shows all of it too late: see `lateBy`. */
  lateSeconds: number;
  /** The longest ones between packets, in order of time. */
  holes: Hole[];
  /** The first ones between packets that can be heard, long ones among them. */
  gaps: Hole[];
}

/** A hole that is filled by itself; `aresample` fills shorter ones, holding all of it in memory (0.5 MB a second). */
export const longHoleSeconds = 10;
/** Each hole is a branch of the filter graph. */
const mostHoles = 32;
/** Shorter ones are times that are written roughly, as live recordings do. */
const gapSeconds = 0.04;
/** So many are told. */
const mostGaps = 6;

/** ffprobe: one line a packet of a sound track, then one of the stream, for `soundReader`. */
export const soundArgs = (input: InputFile, streamIndex: number): string[] => [
  ...['-select_streams', `${streamIndex}`],
  '-show_entries',
  'packet=pts_time,duration_time:packet_side_data=skip_samples:stream=codec_name,channels,sample_rate',
  ...['-of', 'compact=p=0'],
  ...patience,
  ...inputArgs(input),
];

/** Reads the lines of `soundArgs` one after the other; what it holds does not grow with the length of the source. */
export function soundReader(demuxer: string): { onLine(line: string): void; facts(): SoundFacts } {
  let packets = 0;
  let start: number | null = null;
  let end: number | null = null;
  let heardTo: number | null = null;
  let usual = 0;
  let skipped = 0;
  let channels = 0;
  let sampleRate = 0;
  let unclean = false;
  let holes: Hole[] = [];
  const gaps: Hole[] = [];

  const onPacket = (line: string) => {
    packets++;
    if (packets === 1) skipped = Number(field(line, 'skip_samples') ?? 0);
    const pts = Number(field(line, 'pts_time') ?? 'NaN');
    if (!Number.isFinite(pts)) return;
    start = Math.min(start ?? pts, pts);
    if (heardTo !== null && pts - heardTo >= gapSeconds && gaps.length < mostGaps)
      gaps.push({ from: heardTo, to: pts });
    if (end !== null && pts - end >= longHoleSeconds) holes = longest([...holes, { from: end, to: pts }]);
    const duration = Number(field(line, 'duration_time')) || 0;
    usual ||= duration;
    end = Math.max(end ?? pts, pts + duration);
    // MP4 has no gaps: what lies before one lasts until its end.
    heardTo = Math.max(heardTo ?? pts, pts + (demuxer === 'mov' ? Math.min(usual, duration) : duration));
  };
  return {
    onLine(line) {
      if (field(line, 'pts_time') !== undefined) onPacket(line);
      const told = field(line, 'channels');
      if (told === undefined) return;
      unclean = field(line, 'codec_name')?.startsWith('pcm_f') ?? false;
      channels = Number(told) || 0;
      sampleRate = Number(field(line, 'sample_rate')) || 0;
    },
    facts() {
      const skippedSeconds = sampleRate > 0 ? skipped / sampleRate : 0;
      const lateSeconds = lateBy({ demuxer, firstPts: start, skippedSeconds });
      const shift = (seconds: number) => seconds - lateSeconds;
      const shifted = ({ from, to }: Hole) => ({ from: shift(from), to: shift(to) });
      return {
        ...{ packets, channels, unclean, lateSeconds },
        startSeconds: start === null ? null : shift(start + skippedSeconds),
        endSeconds: end === null ? null : shift(end),
        holes: holes.map(shifted).sort((a, b) => a.from - b.from),
        gaps: gaps.map(shifted),
      };
    },
  };
}

/**
 * An AAC encoder puts samples of its own in front. An edit list takes them away, and says that what follows is the beginning. `iTunSMPB`
 * alone says how many they are: ffmpeg drops them, and leaves the rest where it was, late by as much. Apple's players begin with the first
 * real sample (QuickTime File Format, "Audio Priming"), and so do we.
 */
function lateBy(first: { demuxer: string; firstPts: number | null; skippedSeconds: number }): number {
  return first.demuxer === 'mov' && first.firstPts === 0 ? first.skippedSeconds : 0;
}

const longest = (holes: Hole[]): Hole[] =>
  holes.length <= mostHoles ? holes : holes.sort((a, b) => b.to - b.from - (a.to - a.from)).slice(0, mostHoles);
