import { closeSync, openSync, readSync } from 'node:fs';
import type { InputFile } from './input-args.ts';
import type { PacketPlace } from './parse-index.ts';

/** Tells the packets of a file that show no picture of their own. Close it. */
export interface HiddenFrames {
  isHidden(place: PacketPlace): boolean;
  close(): void;
}

/** A byte of a packet, counted from its end: 1 is the last one. */
type ByteFromEnd = (fromEnd: number) => number;

const readers: Readonly<Record<string, (first: Uint8Array, last: ByteFromEnd) => boolean>> = {
  vp8: hidesVp8,
  vp9: hidesVp9,
};

/**
 * VP8 has reference frames that are never shown, in packets of their own, and so have some VP9 files. No demuxer tells, and a decode pass would
 * cost hundreds of times as much: so the first bytes of each packet are read, right behind the demuxer, when they are in memory still.
 * Null for any other codec.
 */
export function openHiddenFrames({ path, demuxer }: InputFile, codec: string): HiddenFrames | null {
  const hides = readers[codec];
  if (!hides) return null;
  const file = openSync(path, 'r');
  const buffer = new Uint8Array(16);
  const byteAt = (position: number) => (readSync(file, buffer, 0, 1, position) === 1 ? (buffer[0] ?? 0) : 0);
  return {
    isHidden({ position, size }) {
      if (!Number.isSafeInteger(position) || position < 0) return false;
      const count = readSync(file, buffer, 0, buffer.length, position);
      const header = demuxer === 'matroska' ? blockHeaderBytes(buffer.subarray(0, count)) : 0;
      if (header === null) return false;
      const end = position + header + size;
      return hides(buffer.slice(header, count), (fromEnd) => byteAt(end - fromEnd));
    },
    close: () => closeSync(file),
  };
}

/**
 * Bytes of a Matroska block before its frame (RFC 9559, 10.1): the track's number, whose first set bit tells its length, a time of two
 * bytes, and flags. Null for a block of several frames: then its parts cannot be told apart from here.
 */
function blockHeaderBytes(block: Uint8Array): number | null {
  const numberBytes = Math.clz32(block[0] ?? 0) - 23;
  const flags = block[numberBytes + 2];
  return numberBytes > 8 || flags === undefined || (flags & 0x06) !== 0 ? null : numberBytes + 3;
}

/** RFC 6386, 9.1: bit 4 of the first byte is `show_frame`. */
export function hidesVp8([first = 0x10]: Uint8Array): boolean {
  return (first & 0x10) === 0;
}

/**
 * VP9 bitstream specification, 6.2 and annex B: `frame_marker` (2 bits, 2), the profile's two bits, one more in profile 3,
 * `show_existing_frame`, `frame_type`, `show_frame`. A superframe, which ends with a list of its frames, shows one of them.
 */
export function hidesVp9([first = 0]: Uint8Array, last: ByteFromEnd): boolean {
  if (first >> 6 !== 2) return false;
  const shift = (first & 0x30) === 0x30 ? 1 : 0;
  const showsExisting = (first & (0x08 >> shift)) !== 0;
  const shows = (first & (0x02 >> shift)) !== 0;
  return !showsExisting && !shows && !isSuperframe(last);
}

/** The list begins and ends with one same byte: 110, the bytes of a size less one (2 bits), the frames less one (3 bits). */
function isSuperframe(last: ByteFromEnd): boolean {
  const marker = last(1);
  if ((marker & 0xe0) !== 0xc0) return false;
  const sizeBytes = ((marker >> 3) & 0x03) + 1;
  const frames = (marker & 0x07) + 1;
  return last(2 + sizeBytes * frames) === marker;
}
