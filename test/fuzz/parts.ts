import type { Family } from './good-files.ts';
import type { Part } from './part.ts';
import { asfObjects, boxes, ebmlElements, flvTags, mxfUnits, riffChunks } from './parts-nested.ts';
import { oggPages, psPackets, tsPackets } from './parts-packets.ts';

const readers: Record<Family, (bytes: Buffer) => Part[]> = {
  boxes,
  ebml: ebmlElements,
  riff: riffChunks,
  flv: flvTags,
  asf: asfObjects,
  mxf: mxfUnits,
  ts: tsPackets,
  ps: psPackets,
  ogg: oggPages,
};

/** The parts of a whole file, in order, those that hold others before what they hold. */
export const partsOf = (family: Family, bytes: Buffer): Part[] => readers[family](bytes);

/** Writes a number as the length of a part: as many of its low bits as there is room for. */
export function writeLength(bytes: Buffer, { length: { at, bytes: width, form } }: Part, value: bigint): void {
  const bits = BigInt(width * 8 - (form === 'vint' ? width : 0));
  let left = BigInt.asUintN(Number(bits), value);
  // The marker of a vint says how wide it is: one that is wrong is a matter of bit flips.
  if (form === 'vint') left |= 1n << bits;
  for (let index = 0; index < width; index++) {
    const place = form === 'le' ? at + index : at + width - 1 - index;
    bytes[place] = Number(left & 0xffn);
    left >>= 8n;
  }
}
