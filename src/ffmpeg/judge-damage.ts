/** What demuxers say at `warning` where bytes are missing, or are not what they should be. */
const words = [
  /PES packet size mismatch|max resync size reached/i, // MPEG-TS
  /Invalid EBML|as first byte of an EBML number|exceeds containing master element|Seek to desired resync point failed/i, // Matroska
  /ff asf bad header/i, // ASF, where no packet begins
  /edit unit sync lost/i, // MXF, where its index says another place
  /partial file|file ended prematurely|Packet mismatch|CRC mismatch/i,
];

/** True where the log of a pass over a file says that pictures of this stream may be damaged, or not there at all. */
export function tellsDamage(log: string, streamIndex: number): boolean {
  // A lost packet of MPEG-TS, by the counter of its stream; sound has a counter of its own.
  const corrupt = [...log.matchAll(/Packet corrupt \(stream = (\d+)/g)];
  return corrupt.some(([, stream]) => Number(stream) === streamIndex) || words.some((said) => said.test(log));
}

/** What is said where a packet is no picture at all: its header is missing. */
const headless = /Invalid NAL unit size|Error splitting the input into NAL units|header (?:missing|damaged)/i;

/** True where the log of a pass over a file says that packets hold something else than pictures. */
export const tellsNoPicture = (log: string): boolean => headless.test(log);

/** The first byte of a Matroska file at which no element begins; null where the log names none. */
export function firstStrayByte(log: string): number | null {
  const places = [...log.matchAll(/ at pos (\d+) .* invalid as first byte of an EBML number/g)];
  return places.length === 0 ? null : Math.min(...places.map(([, place]) => Number(place)));
}
