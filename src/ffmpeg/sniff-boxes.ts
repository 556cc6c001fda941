import { type BoxHeader, parseBox } from './box-header.ts';
import { latin1, viewOf } from './sniff-bytes.ts';
import type { SourceBytes } from './source-bytes.ts';

/** Any of these at the beginning says that a file is a movie. */
const firsts = ['ftyp', 'moov', 'moof', 'styp', 'sidx'];

/** What may stand first too, by the standard or by QuickTime’s, and says little alone: texts hold such words. */
const others = [
  ...['mdat', 'free', 'skip', 'wide', 'uuid', 'mfra', 'meta', 'udta', 'pdin', 'ssix', 'prft', 'emsg'],
  ...['pnot', 'PICT', 'junk', 'prfl'],
];

/** What stands at the top of a file: four letters of anything else that lead beyond its end are no box. */
export const isTopLevel = ({ type }: BoxHeader): boolean => firsts.includes(type) || others.includes(type);

/**
 * True of a movie that begins with a box of no account, whatever it holds (a page of XMP, a length that is a signature of another kind): a
 * second box stands where the first one says. Where `any` is set, the first may be of a type that nobody knows.
 */
export async function beginsWithBox(source: SourceBytes, { any = false } = {}): Promise<boolean> {
  const type = latin1(source.head.subarray(4, 8));
  return (any || others.includes(type)) && (await knownBoxAfter(source, 0)) !== null;
}

/** More boxes of no known type in a row are none. */
const mostUnknown = 8;

/** Where the next box of a known type begins: behind the boxes of any type from this place on, by their lengths; else null. */
export async function knownBoxAfter(source: SourceBytes, start: number): Promise<number | null> {
  let at = start;
  for (let passed = 0; passed < mostUnknown; passed += 1) {
    const bytes = await source.at(at, 16);
    const end = bytes && endOfAny(bytes, at, source.size);
    if (end === null || end >= source.size) return null;
    const after = await source.at(end, 16);
    const next = after && parseBox(after, end, source.size);
    if (next && isTopLevel(next)) return end;
    at = end;
  }
  return null;
}

function endOfAny(bytes: Uint8Array, at: number, size: number): number | null {
  if (bytes.length < 8) return null;
  const renamed = Uint8Array.from(bytes);
  viewOf(renamed).setUint32(4, 0x66726565); // `free`: its own may be no text
  return parseBox(renamed, at, size)?.end ?? null;
}
