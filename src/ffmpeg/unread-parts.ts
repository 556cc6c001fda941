import type { Rational } from '../plan/probe.ts';
import type { SourceIndex } from '../plan/source-index.ts';
import { missingChunks, readAviIndex } from './avi-index.ts';
import type { InputFile } from './input-args.ts';
import { firstStrayByte } from './judge-damage.ts';
import { framesBefore, type LostFrames } from './lost-frames.ts';
import type { PacketIndex } from './parse-index.ts';

/** Pictures of an AVI that its index lists, and that its demuxer passes over without a word. Null where none is missing, and of other containers. */
export async function unreadChunks(
  { path, demuxer }: InputFile,
  streamIndex: number,
  packets: PacketIndex,
  timeBase: Rational,
): Promise<LostFrames | null> {
  const chunks = demuxer === 'avi' ? await readAviIndex(path, streamIndex) : null;
  return chunks && missingChunks(chunks, packets.positions(), timeBase);
}

/**
 * Times that a file had before the first one of its index, ticks: packets before the first keyframe, and in Matroska frames of which nothing is left
 * (`log` is of the demux pass), where the bytes that are not there may have held so many. Both may be no loss: a file can begin so.
 */
export function timesBefore(
  { demuxer }: InputFile,
  { log, packets, trusted, bytes }: { log: string; packets: PacketIndex; trusted: SourceIndex; bytes: number },
): Float64Array {
  const leading = packets.leading();
  const stray = demuxer === 'matroska' ? firstStrayByte(log) : null;
  const [first = 0] = packets.positions();
  if (stray === null || stray >= first) return leading;
  const before = framesBefore(leading.length > 0 ? { ...trusted, presented: leading } : trusted);
  const plausible = (trusted.presented.length * mostTimesDenser * (first - stray)) / Math.max(1, bytes - first);
  return before.length > plausible ? leading : joined(before, leading);
}

/** A beginning can be so many times as thin in bytes as the rest. */
const mostTimesDenser = 5;

/** Both lists, one behind the other. */
export function joined(first: Float64Array, second: Float64Array): Float64Array {
  const all = new Float64Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}
