import { latin1, viewOf } from './sniff-bytes.ts';

/** A box of MP4 and QuickTime (ISO/IEC 14496-12, 4.2). */
export interface BoxHeader {
  type: string;
  start: number;
  /** Where its contents begin. */
  body: number;
  /** Where it says that it ends; may be beyond the file. */
  end: number;
}

/** The box whose first 16 bytes these are (of a short one: 8), at a place of a file or of a box that ends at `parentEnd`; null where none is. */
export function parseBox(bytes: Uint8Array, start: number, parentEnd: number): BoxHeader | null {
  if (bytes.length < 8) return null;
  const view = viewOf(bytes);
  const type = latin1(bytes.subarray(4, 8));
  if (!/^[\x20-\x7e\xa9]{4}$/.test(type)) return null;
  const word = view.getUint32(0);
  if (word === 0) return { type, start, body: start + 8, end: parentEnd };
  if (word !== 1) return word < 8 ? null : { type, start, body: start + 8, end: start + word };
  if (bytes.length < 16) return null;
  const large = Number(view.getBigUint64(8));
  return large < 16 ? null : { type, start, body: start + 16, end: start + large };
}
