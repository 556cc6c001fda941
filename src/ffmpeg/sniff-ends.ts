import { sayNumber } from './say-number.ts';
import { type Shortage, shortageOf } from './shortage.ts';
import { findBytes, latin1, viewOf } from './sniff-bytes.ts';
import { mxfHeader } from './sniff-signatures.ts';
import type { SourceBytes } from './source-bytes.ts';

/** What is missing at the end of an FLV: its last four bytes are the length of the tag before them (FLV specification, annex E.3). */
export function shortFlv({ size, tail }: SourceBytes): Shortage | null {
  if (size < 24 || tail.length < 15) return null;
  const length = viewOf(tail).getUint32(tail.length - 4);
  const tag = tail.length - 4 - length;
  if (length > tail.length - 4) return length > size ? cutTag : null; // begins before what is seen
  return [8, 9, 18].includes((tail[tag] ?? 0) & 0x1f) ? null : cutTag;
}

/** How many there were to be, nobody knows. */
const cutTag: Shortage = { words: 'its last tag is cut off', share: 0 };

/** What is missing at the end of an Ogg: the last page says how long it is (RFC 3533, 6). */
export function shortOgg({ tail }: SourceBytes): Shortage | null {
  const page = latin1(tail).lastIndexOf('OggS');
  if (page < 0 || page + 27 > tail.length) return null;
  const segments = tail[page + 26] ?? 0;
  const data = tail.subarray(page + 27, page + 27 + segments).reduce((sum, length) => sum + length, 0);
  const end = page + 27 + segments + data;
  const found = shortageOf('its last page', { start: page, end, size: tail.length });
  return found && { ...found, share: 0 }; // how many pages there were to be, nobody knows
}

/**
 * What is missing at the end of an MXF: the header says where its footer stands (SMPTE ST 377-1, 7.1; 0 where it was not known yet), from where
 * a run-in before it ends.
 */
export function shortMxf({ size: fileSize, head: all }: SourceBytes): Shortage | null {
  const runIn = Math.max(0, findBytes(all, mxfHeader));
  const [size, head] = [fileSize - runIn, all.subarray(runIn)];
  if (head.length < 64) return null;
  const lengthBytes = (head[16] ?? 0) < 0x80 ? 1 : 1 + ((head[16] ?? 0) & 0x7f);
  const value = 16 + lengthBytes;
  if (lengthBytes > 9 || value + 32 > head.length) return null;
  const footer = Number(viewOf(head).getBigUint64(value + 24));
  if (footer < size) return null;
  const words = `its footer should begin at byte ${sayNumber(footer)} of ${sayNumber(size)}`;
  return { words, share: (footer - size) / footer };
}
