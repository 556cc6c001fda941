/** True where `bytes` (text as Latin-1; a null fits any byte) stand at this place. */
export function matchesBytes(head: Uint8Array, at: number, bytes: string | readonly (number | null)[]): boolean {
  const expected = typeof bytes === 'string' ? [...bytes].map((letter) => letter.charCodeAt(0)) : bytes;
  return expected.every((byte, index) => (byte === null ? at + index < head.length : head[at + index] === byte));
}

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
