import type { Part } from './part.ts';

/** ISO 14496-12, 4.2: boxes that hold boxes. */
const boxesOfBoxes = 'moov trak mdia minf stbl dinf edts mvex moof traf udta'.split(' ');

/** Boxes of an MP4 or MOV. */
export function boxes(bytes: Buffer, from = 0, to = bytes.length, depth = 0): Part[] {
  const parts: Part[] = [];
  for (let at = from; at + 8 <= to; ) {
    const size = bytes.readUInt32BE(at);
    const end = size < 8 || at + size > to ? to : at + size;
    parts.push({ start: at, end, body: at + 8, length: { at, bytes: 4, form: 'be' }, depth });
    if (boxesOfBoxes.includes(bytes.toString('latin1', at + 4, at + 8)))
      parts.push(...boxes(bytes, at + 8, end, depth + 1));
    at = end;
  }
  return parts;
}

/** RFC 9559: elements that hold elements (EBML, Segment, SeekHead, Info, Tracks, TrackEntry, Video, Audio, Cluster, BlockGroup, Cues, CuePoint, Tags, Tag, SimpleTag). */
const elementsOfElements = [
  ...[0x1a45dfa3, 0x18538067, 0x114d9b74, 0x1549a966, 0x1654ae6b, 0xae, 0xe0, 0xe1, 0x1f43b675, 0xa0],
  ...[0x1c53bb6b, 0xbb, 0x1254c367, 0x7373, 0x67c8],
];

/** Elements of a Matroska or WebM file. */
export function ebmlElements(bytes: Buffer, from = 0, to = bytes.length, depth = 0): Part[] {
  const parts: Part[] = [];
  for (let at = from; at + 2 <= to; ) {
    const idBytes = vintBytes(bytes[at]);
    const sizeBytes = vintBytes(bytes[at + idBytes]);
    const body = at + idBytes + sizeBytes;
    if (body > to) break;
    const id = bytes.readUIntBE(at, Math.min(idBytes, 4));
    const size =
      sizeBytes > 6
        ? Number(bytes.readBigUInt64BE(body - 8) & 0xff_ffff_ffff_ffffn)
        : bytes.readUIntBE(at + idBytes, sizeBytes) % 2 ** (7 * sizeBytes);
    const end = Math.min(to, body + size);
    parts.push({ start: at, end, body, length: { at: at + idBytes, bytes: sizeBytes, form: 'vint' }, depth });
    if (elementsOfElements.includes(id)) parts.push(...ebmlElements(bytes, body, end, depth + 1));
    at = end;
  }
  return parts;
}

const vintBytes = (first = 0): number => Math.min(8, Math.clz32(first) - 23);

/** Chunks of an AVI; those of a list or of the file itself hold chunks. */
export function riffChunks(bytes: Buffer, from = 0, to = bytes.length, depth = 0): Part[] {
  const parts: Part[] = [];
  for (let at = from; at + 8 <= to; ) {
    const size = bytes.readUInt32LE(at + 4);
    const end = Math.min(to, at + 8 + size + (size % 2));
    parts.push({ start: at, end, body: at + 8, length: { at: at + 4, bytes: 4, form: 'le' }, depth });
    if (['RIFF', 'LIST'].includes(bytes.toString('latin1', at, at + 4)))
      parts.push(...riffChunks(bytes, at + 12, end, depth + 1));
    at = end;
  }
  return parts;
}

/** Tags of an FLV, each with the size that is written behind it. */
export function flvTags(bytes: Buffer): Part[] {
  const parts: Part[] = [];
  for (let at = 13; at + 15 <= bytes.length; ) {
    const end = Math.min(bytes.length, at + 15 + bytes.readUIntBE(at + 1, 3));
    parts.push({ start: at, end, body: at + 11, length: { at: at + 1, bytes: 3, form: 'be' }, depth: 0 });
    at = end;
  }
  return parts;
}

/** Objects of an ASF; those of the header behind its 30 bytes, of the header extension behind its 46. */
export function asfObjects(bytes: Buffer, from = 0, to = bytes.length, depth = 0): Part[] {
  const parts: Part[] = [];
  for (let at = from; at + 24 <= to; ) {
    const end = Math.max(at + 24, Math.min(to, at + Number(bytes.readBigUInt64LE(at + 16))));
    parts.push({ start: at, end, body: at + 24, length: { at: at + 16, bytes: 8, form: 'le' }, depth });
    const kind = bytes.readUInt32BE(at);
    const inner = kind === 0x3026b275 ? at + 30 : kind === 0xb503bf5f ? at + 46 : end;
    parts.push(...asfObjects(bytes, inner, end, depth + 1));
    at = end;
  }
  return parts;
}

/** Key, length, value of an MXF (SMPTE 336M); the local sets are taken as they are. */
export function mxfUnits(bytes: Buffer): Part[] {
  const parts: Part[] = [];
  for (let at = 0; at + 17 <= bytes.length; ) {
    const first = bytes[at + 16] ?? 0;
    const long = first & 0x80 ? Math.min(6, first & 0x7f) : 0;
    const body = at + 17 + long;
    if (body > bytes.length) break;
    const size = long > 0 ? bytes.readUIntBE(at + 17, long) : first;
    const end = Math.min(bytes.length, body + size);
    const length = long > 0 ? { at: at + 17, bytes: long } : { at: at + 16, bytes: 1 };
    parts.push({ start: at, end, body, length: { ...length, form: 'ber' }, depth: 0 });
    at = end;
  }
  return parts;
}
