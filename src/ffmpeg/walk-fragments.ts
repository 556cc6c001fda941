import type { ReadRange } from '../packaging/read-boxes.ts';
import { parseBox } from './box-header.ts';
import { sayNumber } from './say-number.ts';
import { type Shortage, shortOf } from './shortage.ts';
import { latin1 } from './sniff-bytes.ts';

/** A fragment's header and the box behind it in one read. */
const stepBytes = 4 * 1024;
const scanBytes = 1024 * 1024;
/** 12 h of 60 fragments a second have fewer. */
const mostBoxes = 10_000_000;
/** Shorter than this share of the file, what follows the last fragment is a tag, or padding. */
const littleRest = 0.005;

/**
 * Where the chain of a fragmented MP4 breaks off, behind which no demuxer reads on (ISO/IEC 14496-12, 8.8): all its boxes by their headers,
 * however many. Null where it does not, and of a movie in one piece, which tells by itself what it should hold. What is behind a break is read
 * to its end for fragments; memory does not grow with it.
 */
export async function walkFragments(size: number, read: ReadRange): Promise<Shortage | null> {
  const bytesAt = stepwise(read);
  let [fragments, indexed] = [0, false];
  let at = 0;
  for (let boxes = 0; at < size && boxes < mostBoxes; boxes += 1) {
    const box = parseBox(await bytesAt(at, at + 16), at, size);
    if (box?.type === 'moof') fragments += 1;
    if (box?.type === 'sidx' && fragments === 0) indexed = true;
    if (box && box.end <= size) {
      at = box.end;
      continue;
    }
    if (fragments === 0) return null;
    const behind = await findFragment(at + 1, size, read);
    // A demuxer that has an index of all fragments goes on by it: then the pictures tell what is missing.
    if (behind !== null) return indexed ? null : broken(at, behind, size);
    const ends = (words: string): Shortage => ({ words, share: 0, ...(indexed ? {} : { chain: 'ends' }) });
    if (box && inFragments.includes(box.type)) return ends(shortOf(`the box ${box.type}`, { ...box, size }));
    if (size - at < 8) return ends('its last box is cut off');
    if (size - at <= size * littleRest) return null;
    return ends(`from byte ${sayNumber(at)} of ${sayNumber(size)} on it holds no video`);
  }
  return null;
}

const inFragments = ['moof', 'mdat', 'mfra', 'sidx', 'styp', 'prft', 'emsg'];

const broken = (at: number, behind: number, size: number): Shortage => ({
  words: `its fragments break off at byte ${sayNumber(at)} of ${sayNumber(size)}, and go on at byte ${sayNumber(behind)}`,
  share: (size - at) / size,
  chain: 'broken',
});

/** The first place from `from` on where a whole header of a fragment stands: a `moof` that begins with its `mfhd`. */
async function findFragment(from: number, size: number, read: ReadRange): Promise<number | null> {
  const headerBytes = 16;
  for (let at = from; at < size; at += scanBytes - headerBytes) {
    const text = latin1(await read(at, at + scanBytes));
    for (let found = text.indexOf('moof'); found >= 0; found = text.indexOf('moof', found + 4)) {
      if (found >= 4 && text.startsWith('mfhd', found + 8)) return at + found - 4;
    }
  }
  return null;
}

/** Reads more than is asked for: headers stand close together. */
function stepwise(read: ReadRange): ReadRange {
  let [start, bytes] = [0, new Uint8Array()];
  return async (from, to) => {
    if (from < start || to > start + bytes.length) {
      start = from;
      bytes = new Uint8Array(await read(from, from + stepBytes));
    }
    return bytes.subarray(from - start, to - start);
  };
}
