import type { SourceIndex } from '../plan/source-index.ts';
import { countBefore, holdsTick } from '../plan/tick-list.ts';
import type { Stream } from './parse-streams.ts';

/** Interlaced video has at most 30 frames a second: what lies nearer together are the two fields of one. */
const fieldsPerSecond = 45;

/**
 * Whether packets may be fields: H.264 can code the two fields of a frame apart (PAFF, usual in broadcasts), each in a packet of its own and
 * with a time of its own, and no demuxer puts them together. Progressive streams say so; one that is interlaced by macroblocks has no such packets.
 */
export function mayHoldFields(stream: Pick<Stream, 'codec_name' | 'field_order'>, index: SourceIndex): boolean {
  if (stream.codec_name !== 'h264' || stream.field_order === 'progressive') return false;
  const { numerator, denominator } = index.timeBase;
  return index.presented.some((pts, position) => {
    const before = index.presented[position - 1];
    return before !== undefined && (pts - before) * numerator * fieldsPerSecond < denominator;
  });
}

/**
 * The index of packets with the frames of a decode pass: a frame has the time of its first field, and decoding can begin at a
 * keyframe that begins a frame. Null where the two do not belong together.
 */
export function withDecodedFrames(packets: SourceIndex, frames: SourceIndex): SourceIndex | null {
  const begins = (_: number, position: number) =>
    holdsTick(frames.presented, packets.keyframes.pts[position] ?? Number.NaN);
  const keyframes = { pts: packets.keyframes.pts.filter(begins), dts: packets.keyframes.dts.filter(begins) };
  const [first] = keyframes.pts;
  if (first === undefined) return null;
  const presented = frames.presented.slice(countBefore(frames.presented, first));
  if (!presented.every((pts) => holdsTick(packets.presented, pts))) return null;
  const [before, last = first] = presented.length > 1 ? presented.slice(-2) : [undefined, first];
  return { ...packets, presented, keyframes, end: before === undefined ? packets.end : last + (last - before) };
}
