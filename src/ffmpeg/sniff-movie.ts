import { type BoxHeader, parseBox } from './box-header.ts';
import { sayNumber } from './say-number.ts';
import { type Judged, shortOf } from './shortage.ts';
import { type Refused, sniff } from './sniff.ts';
import { isTopLevel, knownBoxAfter } from './sniff-boxes.ts';
import { isZeros } from './sniff-bytes.ts';
import { findReference } from './sniff-references.ts';
import type { SourceBytes } from './source-bytes.ts';

/** What a walk from box to box has seen. */
export interface MovieFacts {
  types: ReadonlySet<string>;
  /** The first `moov`. */
  movie: BoxHeader | null;
  /** Where a box should begin, and none does. */
  strayAt: number | null;
  /** The last box, where it runs beyond the file. */
  cut: BoxHeader | null;
  /** The end was not reached within the bound of reads, or did not matter any more. */
  unseen: boolean;
}

/** Refuses a movie without its table of contents, and one that lies in other files; else tells what is missing at its end, in bytes. */
export async function judgeMovie(source: SourceBytes): Promise<Judged> {
  const facts = await walkBoxes(source);
  const { movie, cut, strayAt } = facts;
  if (movie) {
    const reference = await findReference(source, movie);
    return reference ?? { short: cut && { words: cutWords(cut, source.size), share: null } };
  }
  if (facts.unseen) return { short: null };
  const stray = strayAt === null ? new Uint8Array() : ((await source.at(strayAt, 1024)) ?? new Uint8Array());
  return withoutMovie(facts, { size: source.size, stray, tail: source.tail });
}

async function walkBoxes(source: SourceBytes): Promise<MovieFacts> {
  const types = new Set<string>();
  let movie: BoxHeader | null = null;
  const facts = (more: Partial<MovieFacts>): MovieFacts => {
    return { types, movie, strayAt: null, cut: null, unseen: false, ...more };
  };
  for (let at = 0; at < source.size; ) {
    const bytes = await source.at(at, 16);
    if (bytes === null) return facts({ unseen: true });
    const box = parseBox(bytes, at, source.size);
    if (!box || (box.end > source.size && !isTopLevel(box))) {
      const beyond = movie ? null : await knownBoxAfter(source, at);
      if (beyond === null) return facts({ strayAt: at });
      at = beyond;
      continue;
    }
    if (types.size < 64) types.add(box.type);
    if (box.type === 'moov') movie ??= box;
    if (box.end > source.size) return facts({ cut: box });
    if (movie && types.has('moof')) return facts({ unseen: true }); // thousands may follow, and nothing more can be refused
    at = box.end;
  }
  return facts({});
}

const noMovie = 'The table of contents (moov) is missing';

/** Why a file of boxes without a `moov` cannot be a movie. `stray`: bytes at the place where no box begins. */
export function withoutMovie(
  { types, strayAt, cut }: MovieFacts,
  { size, stray, tail }: { size: number; stray: Uint8Array; tail: Uint8Array },
): Refused {
  const unfinished = isZeros(tail) ? ' It ends with zeros only: a copy or a download that was not finished.' : '';
  const truncated = (detail: string): Refused => ({ refused: 'INPUT_TRUNCATED', detail: `${detail}${unfinished}` });
  if (types.has('moof')) {
    const detail = `${noMovie}: the file is a piece of a stream, which cannot be shown without its beginning.`;
    return { refused: 'INPUT_DAMAGED', detail };
  }
  if (cut) return truncated(`${noMovie}, and ${cutWords(cut, size)}.`);
  if (strayAt !== null) return strayed(strayAt, { stray, types, truncated });
  if (types.has('meta')) return { refused: 'INPUT_NO_VIDEO', detail: 'The file is a still picture (HEIF).' };
  return truncated(
    `${noMovie}: it stands at the end of the file, and the end is not there (${sayNumber(size)} bytes are).`,
  );
}

function strayed(
  at: number,
  { stray, types, truncated }: { stray: Uint8Array; types: ReadonlySet<string>; truncated(detail: string): Refused },
): Refused {
  if (stray.length < 8 || stray.every((byte) => byte === 0)) {
    return truncated(`${noMovie}: the file ends, or is empty, from byte ${sayNumber(at)} on.`);
  }
  const other = sniff(stray);
  if ('refused' in other && !/no known kind/.test(other.detail)) {
    const what = other.detail.replace(/^The file is |\.$/g, '');
    return {
      refused: 'INPUT_NOT_MEDIA',
      detail: `The file begins like an MP4 and is ${what} from byte ${sayNumber(at)} on.`,
    };
  }
  // A recorder writes the length of its data, and what follows it, when it stops.
  if (types.has('mdat')) return truncated(`${noMovie}: the recording stopped before it was written.`);
  return {
    refused: 'INPUT_DAMAGED',
    detail: `${noMovie}, and from byte ${sayNumber(at)} on the file is no MP4 any more.`,
  };
}

const cutWords = ({ type, start, end }: BoxHeader, size: number): string =>
  shortOf(`the box ${type}`, { start, end, size });
