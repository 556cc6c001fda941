import { type BoxHeader, parseBox } from './box-header.ts';
import { sayNumber } from './say-number.ts';
import type { Refused } from './sniff.ts';
import { latin1, viewOf } from './sniff-bytes.ts';
import type { SourceBytes } from './source-bytes.ts';

/** Boxes that are looked into, down to the references; `stbl`, which is large, is not among them. */
const containers = ['trak', 'mdia', 'minf', 'dinf', 'cmov'];

/** ffmpeg's own bound, whatever this installation allows (`-max_streams`). */
const mostTracks = 1_000;

/** `dref` is the fifth box down. Deeper ones are only built to exhaust who reads them. */
const deepest = 8;

/** A compressed table of contents says how long it is unpacked; no real one comes near this, bytes. */
const largestMovie = 256 * 2 ** 20;

/**
 * Refuses a movie whose media lie in other files (QuickTime File Format, "Movie Reference Atoms", "Data Reference Atoms"; ISO/IEC 14496-12, 8.7),
 * whose table of contents is cut off, is nested without end, has more tracks than ffmpeg reads, or says that it unpacks without measure. Null where nothing is wrong, or the bound of reads came first.
 */
export async function findReference(source: SourceBytes, movie: BoxHeader): Promise<Refused | null> {
  let handler = '';
  let tracks = 0;
  const spans = [{ at: movie.body, end: movie.end }];
  for (let span = spans.pop(); span; span = spans.pop()) {
    while (span.at + 8 <= Math.min(span.end, source.size)) {
      const bytes = await source.at(span.at, 16);
      const box: BoxHeader | null = bytes && parseBox(bytes, span.at, span.end);
      if (bytes === null) return null;
      if (!box) break;
      if (box.type === 'rmra') return refused('The file is a QuickTime reference movie: it points to other files.');
      if (box.type === 'trak' && box.end > source.size) return cutMovie(movie, source.size);
      if (box.type === 'trak') tracks += 1;
      if (tracks > mostTracks) {
        return {
          refused: 'INPUT_TOO_MANY_STREAMS',
          detail: `The file holds more than ${sayNumber(mostTracks)} tracks.`,
        };
      }
      if (box.type === 'mdia') handler = '';
      // QuickTime has another one in `minf`, of the kind of reference.
      if (box.type === 'hdlr') handler ||= latin1((await source.at(box.body + 8, 4)) ?? new Uint8Array());
      if (box.type === 'dref' && isMedia(handler) && (await pointsAway(source, box))) {
        return refused('The data of the video lie in another file, to which this one points.');
      }
      if (box.type === 'cmvd' && (await tooLarge(source, box))) {
        return { refused: 'INPUT_DAMAGED', detail: 'The table of contents (moov) unpacks without measure.' };
      }
      span.at = box.end;
      if (!containers.includes(box.type)) continue;
      if (spans.push(span) > deepest)
        return { refused: 'INPUT_DAMAGED', detail: 'The boxes of the file are nested without end.' };
      span = { at: box.body, end: box.end };
    }
  }
  return movie.end > source.size && tracks === 0 ? cutMovie(movie, source.size) : null;
}

const refused = (detail: string): Refused => ({ refused: 'INPUT_PLAYLIST_REFUSED', detail });

/** Time codes and other tracks may tell of the tape that they came from. */
const isMedia = (handler: string): boolean => ['', 'vide', 'soun'].includes(handler);

const mostReferences = 16;

/** True where an entry says that the data are elsewhere (flag 1 is not set), and where. */
async function pointsAway(source: SourceBytes, { body, end }: BoxHeader): Promise<boolean> {
  let at = body + 8; // version, flags, number of entries
  for (let entry = 0; entry < mostReferences && at + 12 <= end; entry += 1) {
    const bytes = await source.at(at, 24);
    const box = bytes && parseBox(bytes, at, end);
    if (!bytes || !box || bytes.length < 12) return false;
    const itself = (viewOf(bytes).getUint32(8) & 1) === 1;
    const place = bytes.subarray(12, Math.min(bytes.length, box.end - at));
    if (!itself && place.some((byte) => byte !== 0)) return true;
    at = box.end;
  }
  return false;
}

function cutMovie({ start, end }: BoxHeader, size: number): Refused {
  const detail = `The table of contents (moov) is cut off: of its ${sayNumber(end - start)} bytes ${sayNumber(size - start)} are there.`;
  return { refused: 'INPUT_TRUNCATED', detail };
}

async function tooLarge(source: SourceBytes, { body }: BoxHeader): Promise<boolean> {
  const bytes = await source.at(body, 4);
  return bytes !== null && bytes.length === 4 && viewOf(bytes).getUint32(0) > largestMovie;
}
