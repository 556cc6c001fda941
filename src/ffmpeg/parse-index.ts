import { CatalogueError } from '../errors/catalogue-error.ts';
import type { Rational } from '../plan/probe.ts';
import type { SourceIndex } from '../plan/source-index.ts';
import { countBefore, tickList } from '../plan/tick-list.ts';
import { field, ticks } from './probe-line.ts';

/** Why packets cannot be planned by. */
export type Distrust = 'pts_missing' | 'pts_repeated' | 'dts_backwards';

export interface IndexOptions {
  timeBase: Rational;
  /** Ends the last frame where its own duration is not told. Ticks. */
  frameDuration: number;
}

/** Where a packet lies in its file, as the demuxer tells it, bytes. */
export interface PacketPlace {
  position: number;
  size: number;
}

export interface PacketIndex {
  /** Takes a line of `packetsArgs`, in the order of the file. Throws INPUT_ENCRYPTED. */
  add(line: string): void;
  /** Ticks from the first presented time to the last one so far. */
  span(): number;
  /** The longest step from one time to the next one so far, ticks from the first; null where there is none. */
  jump(): { from: number; to: number } | null;
  /** Presented times before the first keyframe of the file, which are not in the index; ticks, in order. */
  leading(): Float64Array;
  /** Bytes of the file at which packets lie, in the order of the file. */
  positions(): Float64Array;
  /**
   * The index; or why there is none to be trusted; or null where nothing is presented. Of a damaged source it may hold a time twice: a decode has
   * the last word there.
   */
  result(source?: { damaged: boolean }): SourceIndex | { distrust: Distrust } | null;
}

/**
 * Builds the index from a demux pass. Presented is what an edit list does not cut away (flag `D`) and what can be decoded: not
 * before the first keyframe, in the file or in time (an open GOP's leading frames lean on what is not there). `isHidden` knows the
 * packets that give no picture of their own.
 */
export function packetIndex(
  { timeBase, frameDuration }: IndexOptions,
  isHidden: (place: PacketPlace) => boolean = () => false,
): PacketIndex {
  const presented = tickList();
  const leading = tickList();
  const positions = tickList();
  const keyframes = keyframeList();
  let distrust: Distrust | null = null;
  let lastDts = Number.NEGATIVE_INFINITY;
  let [earliest, latest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let lastDuration: number | null = null;
  let widest = { from: 0, to: 0 };

  return {
    add(line) {
      const flags = field(line, 'flags');
      if (flags === undefined) return; // the end of a packet with side data
      if (field(line, 'side_data_type') === 'Encryption info') {
        throw new CatalogueError('INPUT_ENCRYPTED', 'The picture is encrypted (CENC).');
      }
      const pts = ticks(field(line, 'pts'));
      const dts = ticks(field(line, 'dts'));
      if (dts !== null) {
        if (dts < lastDts) distrust ??= 'dts_backwards';
        lastDts = dts;
        keyframes.sawDts(dts);
      }
      const position = Number(field(line, 'pos'));
      if (Number.isFinite(position)) positions.push(position);
      const key = flags.includes('K');
      if (!key && keyframes.first() === undefined) {
        if (pts !== null && pts >= 0 && !flags.includes('D')) leading.push(pts);
        return;
      }
      if (isHidden({ position, size: Number(field(line, 'size')) })) return;
      if (pts === null) {
        distrust ??= 'pts_missing';
        return;
      }
      if (key) keyframes.push(pts, dts);
      if (flags.includes('D')) return; // cut away by an edit list
      presented.push(pts);
      if (pts < earliest) earliest = pts;
      if (pts <= latest) return;
      if (Number.isFinite(latest) && pts - latest > widest.to - widest.from) widest = { from: latest, to: pts };
      [latest, lastDuration] = [pts, ticks(field(line, 'duration'))];
    },

    jump: () => (widest.to > widest.from ? { from: widest.from - earliest, to: widest.to - earliest } : null),
    span: () => (presented.length === 0 ? 0 : latest - earliest),
    leading: () => leading.toArray().sort(),
    positions: () => positions.toArray(),

    result({ damaged } = { damaged: false }) {
      if (distrust) return { distrust };
      const firstKey = keyframes.first();
      if (firstKey === undefined) return null;
      const sorted = presented.toArray().sort();
      const all = sorted.slice(countBefore(sorted, firstKey));
      const frames = damaged ? all.filter((pts, position) => pts !== all[position - 1]) : all;
      const last = frames.at(-1);
      if (last === undefined) return null;
      if (frames.some((pts, position) => pts === frames[position - 1])) return { distrust: 'pts_repeated' };
      const end = last + lengthOfLast(frames.at(-2), last, lastDuration, frameDuration);
      return { timeBase, trustworthy: true, presented: frames, end, keyframes: keyframes.inOrder() };
    },
  };
}

/** Keyframes in the order of the file. One without a dts cannot be sought, but for the first. */
function keyframeList() {
  const allPts = tickList();
  const allDts = tickList();
  let firstPts: number | undefined;
  let firstDts: number | undefined;
  let inOrder = true;
  return {
    /** A dts of any packet. */
    sawDts(dts: number): void {
      firstDts ??= dts;
    },
    push(pts: number, dts: number | null): void {
      const isFirst = firstPts === undefined;
      firstPts ??= pts;
      if (dts === null && !isFirst) return;
      if (pts < (allPts.last() ?? Number.NEGATIVE_INFINITY)) inOrder = false;
      allPts.push(pts);
      allDts.push(dts ?? Number.NaN);
    },
    /** pts of the first one in the file. */
    first: () => firstPts,
    inOrder(): SourceIndex['keyframes'] {
      const [pts, dts] = [allPts.toArray(), allDts.toArray()];
      // Matroska does not tell the first dts; the first one that it tells is early enough, as nothing lies before it.
      const [first = 0] = pts;
      if (Number.isNaN(dts[0])) dts[0] = Math.min(first, firstDts ?? first);
      if (inOrder) return { pts, dts };
      const order = Uint32Array.from(pts, (_, position) => position).sort((a, b) => (pts[a] ?? 0) - (pts[b] ?? 0));
      const arranged = (times: Float64Array) => Float64Array.from(order, (position) => times[position] ?? 0);
      return { pts: arranged(pts), dts: arranged(dts) };
    },
  };
}

/**
 * Builds the index of a source whose packets cannot be trusted, from a decode pass. A frame without a time follows the one before it, as in
 * ffmpeg's own decode; one that is not later is not presented. Null where no frame has a time.
 */
export function frameIndex({ timeBase, frameDuration }: IndexOptions) {
  const presented = tickList();
  let guessed = 0;
  let leftOut = 0;
  let first: number | undefined;
  let before: number | undefined;
  let lastDuration: number | null = null;
  return {
    /** Takes a line of `framesArgs`. */
    add(line: string): void {
      const told = field(line, 'best_effort_timestamp');
      const last = presented.last();
      if (told === undefined) return; // a line of side data
      const following = last === undefined ? null : last + lengthOfLast(before, last, lastDuration, frameDuration);
      const pts = ticks(told) ?? following;
      if (pts === null || (last !== undefined && pts <= last)) {
        leftOut += 1;
        return;
      }
      presented.push(pts);
      const own = ticks(field(line, 'pts')) ?? ticks(field(line, 'pkt_pts'));
      if (own !== null && own !== pts) guessed += 1;
      first ??= pts;
      before = last;
      lastDuration = ticks(field(line, 'duration')) ?? ticks(field(line, 'pkt_duration'));
    },
    span: () => (presented.last() ?? 0) - (first ?? 0),
    /** The last time so far, ticks. */
    latest: () => presented.last() ?? Number.NEGATIVE_INFINITY,
    /**
     * Share of the frames that have another time than their packets. Once a frame came out later than the next one, ffmpeg guesses all later
     * times from the dts; a decode that begins behind it does not.
     */
    guessed: () => guessed / Math.max(1, presented.length),
    /** Frames that are not presented, as their time is not later than that of the one before. */
    leftOut: () => leftOut,
    result(): SourceIndex | null {
      const last = presented.last();
      if (last === undefined) return null;
      const end = last + lengthOfLast(before, last, lastDuration, frameDuration);
      const keyframes = { pts: new Float64Array(), dts: new Float64Array() };
      return { timeBase, trustworthy: false, presented: presented.toArray(), end, keyframes };
    },
  };
}

/**
 * Ticks that the last frame stays: what is told, else as long as the one before it, else the stream's frame rate. Not less than the frame
 * before it at a steady rate: without B-frames ffmpeg's MP4 demuxer takes an empty edit (sound begins a little earlier) off the last packet.
 */
function lengthOfLast(before: number | undefined, last: number, told: number | null, frameDuration: number): number {
  const same = before === undefined ? 0 : last - before;
  const steady = Math.abs(same - frameDuration) <= frameDuration / 10;
  if (told !== null && told > 0) return steady ? Math.max(told, same) : told;
  return Math.max(1, same || frameDuration);
}
