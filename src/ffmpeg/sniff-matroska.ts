import { type Judged, type Shortage, shortageOf } from './shortage.ts';
import type { Refused } from './sniff.ts';
import { latin1, viewOf } from './sniff-bytes.ts';
import type { SourceBytes } from './source-bytes.ts';

/** An element of EBML (RFC 8794, 4); `end` is null where it does not say. */
interface Element {
  id: number;
  body: number;
  end: number | null;
}

/** RFC 8794, 11.2 and RFC 9559, 5.1. */
const ids = { docType: 0x4282, segment: 0x18538067, cluster: 0x1f43b675, chapters: 0x1043a770 } as const;

/**
 * Refuses an EBML file that is neither Matroska nor WebM, and one that ends before its first cluster, so that nothing of it can be shown;
 * else tells what is missing at its end, in bytes.
 */
export async function judgeMatroska(source: SourceBytes): Promise<Judged> {
  const { head, size } = source;
  const header = parseElement(head, 0);
  if (!header?.end || header.end > size) return truncated('The file ends within its header.');
  const docType = docTypeOf(head.subarray(header.body, header.end));
  if (docType !== 'matroska' && docType !== 'webm') {
    const name = /^[\w.-]{1,32}$/.test(docType) ? `of the type “${docType}”` : 'of an unknown type';
    return { refused: 'INPUT_FORMAT_UNSUPPORTED', detail: `The file is EBML ${name}, neither Matroska nor WebM.` };
  }
  return judgeSegment(source, header.end);
}

async function judgeSegment(source: SourceBytes, from: number): Promise<Judged> {
  const { size } = source;
  let segment: Element | null = null;
  let chapters = false;
  for (let at = from; at < size; ) {
    const bytes = await source.at(at, 12);
    const element: Element | null = bytes && parseElement(bytes, at);
    // Behind what is damaged ffmpeg looks for the next cluster: the probe decides.
    if (!element || element.id === ids.cluster) return { short: segment && shortageOfSegment(segment, size) };
    if (element.id === ids.chapters) chapters = true;
    if (element.id === ids.segment && !segment) {
      segment = element;
      at = element.body;
    } else if (element.end === null) {
      return { short: null };
    } else {
      at = element.end;
    }
  }
  if (segment?.end !== size) {
    const short = segment && shortageOfSegment(segment, size);
    return truncated(`The file ends before its first picture${short ? `: ${short.words}` : ''}.`);
  }
  if (!chapters) return { refused: 'INPUT_NO_VIDEO', detail: 'The file holds neither picture nor sound.' };
  return { refused: 'INPUT_PLAYLIST_REFUSED', detail: 'The file holds chapters alone, which point to other files.' };
}

const truncated = (detail: string): Refused => ({ refused: 'INPUT_TRUNCATED', detail });

function shortageOfSegment({ body, end }: Element, size: number): Shortage | null {
  const found = end === null ? null : shortageOf('the segment', { start: body, end, size });
  return found && { ...found, share: null };
}

/** What the header says that the file is; Matroska where it says nothing (RFC 8794, 11.2.4 asks for it). */
function docTypeOf(header: Uint8Array): string {
  for (let at = 0; at < header.length; ) {
    const element = parseElement(header.subarray(at), at);
    if (!element?.end) break;
    if (element.id === ids.docType) return latin1(header.subarray(element.body, element.end)).replace(/\0+$/, '');
    at = element.end;
  }
  return 'matroska';
}

/** The element that begins with these bytes, at a place of the file; null where none does. */
export function parseElement(bytes: Uint8Array, start: number): Element | null {
  const idBytes = Math.clz32(bytes[0] ?? 0) - 23;
  if (idBytes > 4 || bytes.length < idBytes + 1) return null;
  const sizeBytes = Math.clz32(bytes[idBytes] ?? 0) - 23;
  if (sizeBytes > 8 || bytes.length < idBytes + sizeBytes) return null;
  const id = bytes.subarray(0, idBytes).reduce((value, byte) => value * 256 + byte, 0);
  const padded = new Uint8Array(8);
  padded.set(bytes.subarray(idBytes, idBytes + sizeBytes), 8 - sizeBytes);
  const marker = 1n << BigInt(7 * sizeBytes);
  const size = viewOf(padded).getBigUint64(0) - marker;
  const body = start + idBytes + sizeBytes;
  return { id, body, end: size === marker - 1n ? null : body + Number(size) };
}
