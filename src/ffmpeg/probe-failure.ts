import { CatalogueError } from '../errors/catalogue-error.ts';

/** The machine's fault and not the file's: trying again can help. */
const machine = /no such file|permission denied|cannot allocate|too many open files|no space left|input\/output error/i;

/** No machine has too little memory for the header of a video: what is refused here is the size of a table that is none, by a limit or by ffmpeg. */
const absurdHeader = /error reading header[\s\S]*cannot allocate memory/i;

/** What a failed ffprobe says of the file that it read: INPUT_TRUNCATED, INPUT_DAMAGED or INPUT_TOO_MANY_STREAMS (ffmpeg’s own bound); anything else is rethrown as it is. */
export function inputError(thrown: unknown): unknown {
  if (!(thrown instanceof CatalogueError)) return thrown;
  const { exitCode, words } = thrown.facts;
  const said = typeof words === 'string' ? words : '';
  if (/exceeds max_streams/i.test(said)) {
    return new CatalogueError('INPUT_TOO_MANY_STREAMS', 'The file holds more than 1000 streams.', { cause: thrown });
  }
  if (absurdHeader.test(said)) {
    const detail = 'The header asks for more memory than that of any video: its tables are absurd.';
    return new CatalogueError('INPUT_DAMAGED', detail, { cause: thrown });
  }
  if (thrown.code !== 'PROCESS_FAILED') return thrown;
  if (typeof exitCode !== 'number' || exitCode > 1 || machine.test(said)) return thrown; // 126, 127: not started at all
  if (/moov atom not found/i.test(said)) {
    const detail =
      'The table of contents (moov) is missing: it stands at the end of the file, and the end is not there.';
    return new CatalogueError('INPUT_TRUNCATED', detail, { cause: thrown });
  }
  if (withoutBeginning.test(said)) {
    const detail = 'The file begins in the middle: its beginning, which says how the rest is to be read, is not there.';
    return new CatalogueError('INPUT_DAMAGED', detail, { cause: thrown });
  }
  const plain = plainWords(said);
  const detail = `The file cannot be read${plain ? `: ${plain}` : ''}.`;
  return new CatalogueError('INPUT_DAMAGED', detail, { cause: thrown });
}

/** Of Ogg pages without those that begin their streams (RFC 3533, 6). */
const withoutBeginning = /cannot identify new stream|failed to create or replace stream/i;

/**
 * A tool's own words for people: without who says them (`[ogg]`), about which file, and what was said before
 * (`Last message repeated`); the same for the same file. Said in the order of the log, empty where nothing is left.
 */
export function plainWords(words: string): string {
  const pieces = words
    .split(' | ')
    .map((piece) =>
      piece
        .replace(/^[\w,.]+(?: @ 0x[0-9a-f]+)?\]\s*/, '') // cut at its beginning
        .replace(/^(?:\[[\w,.:#/ -]+(?: @ 0x[0-9a-f]+)?\]\s*)+/, '')
        .replace(/\b0x[0-9a-f]{6,}\b/g, '…')
        .replace(/^(?:file:)?(?:original|source)(?:\.\w+)?:\s*/, '')
        .replace(/[\s.]+$/, ''),
    )
    .filter((piece) => piece !== '' && !/^last message repeated/i.test(piece));
  return [...new Set(pieces)].join('; ');
}

/** A stream of the file is in a codec that is not on our list. */
export const isUnlistedCodec = (thrown: unknown): boolean =>
  thrown instanceof CatalogueError && /could not open codec|not on whitelist/i.test(String(thrown.facts.words));

/** What says that a packet fits no container: of the filter before the muxer, and of the muxer, in older and in newer builds. */
const refusedPacket =
  /error applying bitstream filters|_adtstoasc|(?:av_interleaved_write_frame\(\)|error submitting a packet to the muxer): invalid data/i;

/** Sound that has lost bytes is no AAC or AC-3 any more, and newer builds do not copy it. */
export const isUncopiable = (thrown: unknown): boolean =>
  thrown instanceof CatalogueError && refusedPacket.test(String(thrown.facts.words));

/** A stream of which nothing at all can be decoded: ffmpeg cannot begin what it is to make of it. */
export const showsNothing = (thrown: unknown): boolean =>
  thrown instanceof CatalogueError && /cannot determine format of input stream/i.test(String(thrown.facts.words));

/** What a failed copy of streams says of the file: INPUT_DAMAGED; anything else is given back as it is. */
export function copyError(thrown: unknown): unknown {
  const words = thrown instanceof CatalogueError ? String(thrown.facts.words) : '';
  const damaged = (detail: string) => new CatalogueError('INPUT_DAMAGED', detail, { cause: thrown });
  if (showsNothing(thrown)) return damaged('A sound track holds nothing that can be decoded.');
  // Found by the muxer, long after the demuxer has let them pass.
  if (refusedPacket.test(words)) return damaged('The file holds packets that are none.');
  if (/pts\/dts pair unsupported/i.test(words)) return damaged('The file holds packets at times that cannot be.');
  return thrown;
}

/** True where the log of a demux pass says that the file ends too early. */
export const endsEarly = (log: string): boolean => /partial file|file ended prematurely/i.test(log);
