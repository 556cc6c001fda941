import { sayNumber } from './say-number.ts';
import type { Refused } from './sniff.ts';

/** What a file's own bytes say is missing at its end. */
export interface Shortage {
  /** “the box mdat wants 12,345,678 bytes, of which 6,000,000 are there” */
  words: string;
  /**
   * The share of its bytes that is missing; 0 where nobody knows how many are. Null where the demuxer tells by itself that the file ends too
   * early (MP4, Matroska): there a length that lies counts for nothing, if all pictures are there.
   */
  share: number | null;
  /**
   * Of fragments, which tell no duration but what was counted in them: they end in the middle of one; or they break off, and nothing leads to
   * those behind.
   */
  chain?: 'ends' | 'broken';
}

/** Why a container is not opened, or what is missing of it. */
export type Judged = Refused | { short: Shortage | null };

/** Of a part of a file of `size` bytes that goes from `start` to `end` by what it says itself. */
export function shortOf(what: string, { start, end, size }: { start: number; end: number; size: number }): string {
  return `${what} wants ${sayNumber(end - start)} bytes, of which ${sayNumber(size - start)} are there`;
}

/** The same, where only these bytes tell. Null where nothing is missing. */
export function shortageOf(what: string, part: { start: number; end: number; size: number }): Shortage | null {
  if (part.end <= part.size) return null;
  return { words: shortOf(what, part), share: (part.end - part.size) / (part.end - part.start) };
}
