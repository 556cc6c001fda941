import { CatalogueError } from '../errors/catalogue-error.ts';
import type { Rational } from '../plan/probe.ts';
import type { SourceIndex } from '../plan/source-index.ts';

/** Why packets cannot be planned by. */
export type Distrust = 'pts_missing' | 'pts_repeated' | 'dts_backwards';

export interface IndexOptions {
  timeBase: Rational;
  /** Ends the last frame where its own duration is not told. Ticks. */
  frameDuration: number;
}

export interface PacketIndex {
  /** Takes a line of `packetsArgs`, in the order of the file. Throws INPUT_ENCRYPTED. */
  add(line: string): void;
  /** Ticks from the first presented time to the last one so far. */
  span(): number;
  /** Packets after the last presented one that an edit list cuts away. */
  cutAtEnd(): number;
  /** The index; or why there is none to be trusted; or null where nothing is presented. */
  result(): SourceIndex | { distrust: Distrust } | null;
}

/**
 * Builds the index from a demux pass. Presented is what an edit list does not cut away (flag `D`) and what can be decoded: not
 * before the first keyframe, in the file or in time (an open GOP's leading frames lean on what is not there).
 */
export function packetIndex({ timeBase, frameDuration }: IndexOptions): PacketIndex {
  const presented: number[] = [];
  const keyframes: { pts: number; dts: number | null }[] = [];
  const discarded: number[] = [];
  let distrust: Distrust | null = null;
  let lastDts = Number.NEGATIVE_INFINITY;
  let firstDts: number | null = null;
  let [earliest, latest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let lastDuration: number | null = null;

  return {
    add(line) {
      const packet = parsePacket(line);
      if (packet === null) return;
      if (packet.encrypted) throw new CatalogueError('INPUT_ENCRYPTED', 'The picture is encrypted (CENC).');
      const { pts, dts, key, discard, duration } = packet;
      if (dts !== null) {
        if (dts < lastDts) distrust ??= 'dts_backwards';
        lastDts = dts;
        firstDts ??= dts;
      }
      if (!key && keyframes.length === 0) return;
      if (pts === null) {
        distrust ??= 'pts_missing';
        return;
      }
      if (key) keyframes.push({ pts, dts });
      if (discard) {
        discarded.push(pts);
        return;
      }
      presented.push(pts);
      if (pts < earliest) earliest = pts;
      if (pts > latest) [latest, lastDuration] = [pts, duration];
    },

    span: () => (presented.length === 0 ? 0 : latest - earliest),
    cutAtEnd: () => discarded.filter((pts) => pts > latest).length,

    result() {
      if (distrust) return { distrust };
      const [firstKey] = keyframes;
      if (!firstKey) return null;
      const frames = presented.filter((pts) => pts >= firstKey.pts).sort((a, b) => a - b);
      const last = frames.at(-1);
      if (last === undefined) return null;
      if (frames.some((pts, index) => pts === frames[index - 1])) return { distrust: 'pts_repeated' };
      return {
        version: 1,
        timeBase,
        trustworthy: true,
        presented: frames,
        end: last + lengthOfLast(frames, lastDuration, frameDuration),
        keyframes: keyframes
          // Matroska does not tell the first dts; the first one that it tells is early enough, as nothing lies before it.
          .map(({ pts, dts }, index) => ({ pts, dts: dts ?? (index === 0 ? Math.min(pts, firstDts ?? pts) : null) }))
          .filter((keyframe): keyframe is { pts: number; dts: number } => keyframe.dts !== null)
          .sort((a, b) => a.pts - b.pts),
      };
    },
  };
}

/**
 * Builds the index of a source whose packets cannot be trusted, from a decode pass. A frame without a time follows the one before it, as in
 * ffmpeg's own decode; one that is not later is not presented. Null where no frame has a time.
 */
export function frameIndex({ timeBase, frameDuration }: IndexOptions) {
  const presented: number[] = [];
  let lastDuration: number | null = null;
  return {
    /** Takes a line of `framesArgs`. */
    add(line: string): void {
      const fields = parseFields(line);
      const told = fields.get('best_effort_timestamp');
      const last = presented.at(-1);
      if (told === undefined) return; // a line of side data
      const following = last === undefined ? null : last + lengthOfLast(presented, lastDuration, frameDuration);
      const pts = ticks(told) ?? following;
      if (pts === null || (last !== undefined && pts <= last)) return;
      presented.push(pts);
      lastDuration = ticks(fields.get('duration')) ?? ticks(fields.get('pkt_duration'));
    },
    span: () => (presented.at(-1) ?? 0) - (presented[0] ?? 0),
    result(): SourceIndex | null {
      const last = presented.at(-1);
      if (last === undefined) return null;
      const end = last + lengthOfLast(presented, lastDuration, frameDuration);
      return { version: 1, timeBase, trustworthy: false, presented, end, keyframes: [] };
    },
  };
}

/** Ticks that the last frame stays: what is told, else as long as the one before it, else the stream's frame rate. */
function lengthOfLast(frames: number[], told: number | null, frameDuration: number): number {
  if (told !== null && told > 0) return told;
  const [before, last] = frames.slice(-2);
  const same = before !== undefined && last !== undefined ? last - before : 0;
  return Math.max(1, same || frameDuration);
}

function parsePacket(line: string) {
  const fields = parseFields(line);
  const flags = fields.get('flags');
  if (flags === undefined) return null; // the end of a packet with side data
  return {
    pts: ticks(fields.get('pts')),
    dts: ticks(fields.get('dts')),
    duration: ticks(fields.get('duration')),
    key: flags.includes('K'),
    discard: flags.includes('D'),
    encrypted: fields.get('side_data_type') === 'Encryption info',
  };
}

function parseFields(line: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const field of line.split('|')) {
    const equals = field.indexOf('=');
    if (equals > 0) fields.set(field.slice(0, equals), field.slice(equals + 1));
  }
  return fields;
}

const ticks = (value: string | undefined): number | null =>
  value !== undefined && /^-?\d+$/.test(value) ? Number(value) : null;
