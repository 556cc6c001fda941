import type { Part } from './part.ts';

const tsPacketBytes = 188;

/** Packets of a transport stream; their lengths are those of the adaptation field, or of the section or PES packet that begins there. */
export function tsPackets(bytes: Buffer): Part[] {
  const parts: Part[] = [];
  for (let start = 0; start + tsPacketBytes <= bytes.length; start += tsPacketBytes) {
    const flags = bytes[start + 3] ?? 0;
    const begins = ((bytes[start + 1] ?? 0) & 0x40) !== 0;
    const adapted = (flags & 0x20) !== 0;
    const payload = start + 4 + (adapted ? 1 + (bytes[start + 4] ?? 0) : 0);
    const isPes = begins && payload + 6 <= start + tsPacketBytes && bytes.readUIntBE(payload, 3) === 1;
    const length = isPes
      ? { at: payload + 4, bytes: 2 }
      : begins && !adapted
        ? { at: payload + 2, bytes: 2 } // flags and section_length
        : { at: start + 4, bytes: 1 };
    parts.push({ start, end: start + tsPacketBytes, body: start + 4, length: { ...length, form: 'be' }, depth: 0 });
  }
  return parts;
}

/** Packets of a program stream: from one start code (at or above the pack's) to the next. */
export function psPackets(bytes: Buffer): Part[] {
  const starts: number[] = [];
  for (let at = 0; at + 6 <= bytes.length; ) {
    if (bytes.readUIntBE(at, 3) === 1 && (bytes[at + 3] ?? 0) >= 0xba) {
      starts.push(at);
      at += bytes[at + 3] === 0xba ? 14 : 6 + bytes.readUInt16BE(at + 4);
    } else at++;
  }
  return starts.map((start, index) => ({
    start,
    end: starts[index + 1] ?? bytes.length,
    body: start + 6,
    length: { at: start + 4, bytes: 2, form: 'be' },
    depth: 0,
  }));
}

/** Pages of an Ogg (RFC 3533, 6); the length is the number of its segments. */
export function oggPages(bytes: Buffer): Part[] {
  const parts: Part[] = [];
  for (let at = bytes.indexOf('OggS'); at >= 0 && at + 27 <= bytes.length; ) {
    const segments = bytes[at + 26] ?? 0;
    const table = bytes.subarray(at + 27, at + 27 + segments);
    const end = Math.min(bytes.length, at + 27 + segments + table.reduce((sum, size) => sum + size, 0));
    const length = { at: at + 26, bytes: 1, form: 'be' as const };
    parts.push({ start: at, end, body: at + 27 + segments, length, depth: 0 });
    at = end;
  }
  return parts;
}

/** Makes the checksums of an Ogg's pages right again: a reader drops pages with wrong ones, and nothing of a mutation would be seen. */
export function mendOggChecksums(bytes: Buffer): void {
  for (const { start, end } of oggPages(bytes)) {
    bytes.writeUInt32LE(0, start + 22);
    let crc = 0;
    for (const byte of bytes.subarray(start, end)) {
      crc = (crc << 8) ^ (crcTable[(crc >>> 24) ^ byte] ?? 0);
    }
    bytes.writeUInt32LE(crc >>> 0, start + 22);
  }
}

const crcTable = Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 24;
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x80000000 ? (crc << 1) ^ 0x04c11db7 : crc << 1;
  return crc;
});
