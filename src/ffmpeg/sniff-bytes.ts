/** True where `bytes` (text as Latin-1; a null fits any byte) stand at this place. */
export function matchesBytes(head: Uint8Array, at: number, bytes: string | readonly (number | null)[]): boolean {
  if (typeof bytes !== 'string') {
    return bytes.every((byte, index) => (byte === null ? at + index < head.length : head[at + index] === byte));
  }
  for (let index = 0; index < bytes.length; index += 1) {
    if (head[at + index] !== bytes.charCodeAt(index)) return false;
  }
  return true;
}

/** The bytes as Latin-1 text: one letter a byte. */
export const latin1 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');

/** What reads numbers at places of these bytes; throws RangeError beyond their end. */
export const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** A number of bytes as it is said to people: `12,345,678`. */
export const count = (bytes: number): string => bytes.toLocaleString('en-US');

/** True of more than a few bytes which are all zero. */
export const isZeros = (bytes: Uint8Array): boolean => bytes.length >= 512 && bytes.every((byte) => byte === 0);

const syncByte = 0x47;
const packetsNeeded = 5;

/**
 * True where MPEG-TS packets (188 bytes, 192 with a time stamp before each, 204 with parity after each) follow one another, from any place of
 * the first kilobyte: recordings begin in mid-packet.
 */
export function mpegTsPackets(head: Uint8Array): boolean {
  return [188, 192, 204].some((size) => {
    const needed = Math.min(packetsNeeded, Math.floor(head.length / size)); // a very short file has fewer
    if (needed < 2) return false;
    const startsAt = (start: number) =>
      Array.from({ length: needed }, (_, packet) => head[start + packet * size]).every((byte) => byte === syncByte);
    return Array.from({ length: Math.min(1024, head.length) }, (_, start) => start).some(startsAt);
  });
}
