/** What demuxers say at `warning` where bytes are missing, or are not what they should be. */
const words = [
  /PES packet size mismatch|max resync size reached/i, // MPEG-TS
  /Invalid EBML|as first byte of an EBML number|exceeds containing master element|Seek to desired resync point failed/i, // Matroska
  /partial file|file ended prematurely|Packet mismatch|CRC mismatch/i,
];

/** True where the log of a pass over a file says that pictures of this stream may be damaged, or not there at all. */
export function tellsDamage(log: string, streamIndex: number): boolean {
  // A lost packet of MPEG-TS, by the counter of its stream; sound has a counter of its own.
  const corrupt = [...log.matchAll(/Packet corrupt \(stream = (\d+)/g)];
  return corrupt.some(([, stream]) => Number(stream) === streamIndex) || words.some((said) => said.test(log));
}
