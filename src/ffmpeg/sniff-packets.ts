const syncByte = 0x47;
const steps = [0, 1, 2, 3, 4];

/** Packets as they are, with a time of arrival before each (M2TS), with parity after each. */
const packetSizes = [188, 192, 204];

/** Fewer bytes than these hold too few packets to say more than a signature does. */
const enoughBytes = 1024;

/** True where MPEG-TS packets follow one another from the first byte on, whatever a time of arrival looks like. */
export const beginsWithPackets = (head: Uint8Array): boolean =>
  head.length >= enoughBytes && packetSizes.some((size) => inStep(head, size === 192 ? 4 : 0, size, steps.length));

/** True where MPEG-TS packets follow one another from any place of the first kilobyte: recordings begin in mid-packet. */
export function mpegTsPackets(head: Uint8Array): boolean {
  return packetSizes.some((size) => {
    const needed = Math.min(steps.length, Math.floor(head.length / size)); // a very short file has fewer
    return needed >= 2 && places(Math.min(1024, head.length)).some((start) => inStep(head, start, size, needed));
  });
}

/** The same, from any place of all that is seen: ffmpeg looks for the first packet that far (64 KiB). */
export const holdsPackets = (head: Uint8Array): boolean =>
  packetSizes.some((size) => places(head.length).some((start) => inStep(head, start, size, steps.length)));

const places = (number: number): number[] => Array.from({ length: number }, (_, place) => place);

const inStep = (head: Uint8Array, start: number, size: number, needed: number): boolean =>
  steps.every((step) => step >= needed || head[start + step * size] === syncByte);

/** Packs that must be found, and headers that must follow one another by their lengths: fewer come about by chance. */
const packsNeeded = 2;
const chainNeeded = 4;

/**
 * True where an MPEG program stream begins in mid-pack, or has none (ISO/IEC 13818-1, 2.5.3; 11172-1, 2.4.3): two packs with their marker bits
 * at any place, or packets (PES) whose lengths lead from one to the next.
 */
export function programStream(head: Uint8Array): boolean {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
  let packs = 0;
  for (let at = bytes.indexOf(startCode); at >= 0; at = bytes.indexOf(startCode, at + 1)) {
    if (isPack(head, at)) packs += 1;
    if (packs >= packsNeeded || chains(head, at)) return true;
  }
  return false;
}

const startCode = Buffer.from([0, 0, 1]);

const packMarkers: readonly (readonly (readonly [at: number, mask: number, bits: number])[])[] = [
  [
    [4, 0xc4, 0x44],
    [6, 0x04, 0x04],
    [8, 0x04, 0x04],
    [9, 0x01, 0x01],
    [12, 0x03, 0x03],
  ],
  [
    [4, 0xf1, 0x21],
    [6, 0x01, 0x01],
    [8, 0x01, 0x01],
    [9, 0x80, 0x80],
    [11, 0x01, 0x01],
  ],
];

const isPack = (head: Uint8Array, at: number): boolean =>
  head[at + 3] === 0xba &&
  packMarkers.some((marks) => marks.every(([place, mask, bits]) => ((head[at + place] ?? 0) & mask) === bits));

function chains(head: Uint8Array, start: number): boolean {
  let at = start;
  for (let found = 1; found < chainNeeded; found += 1) {
    const id = head[at + 3] ?? 0;
    const length = (head[at + 4] ?? 0) * 256 + (head[at + 5] ?? 0);
    if (id < 0xbb || id > 0xef || length === 0) return false;
    at += 6 + length;
    if (head[at] !== 0 || head[at + 1] !== 0 || head[at + 2] !== 1) return false;
  }
  return true;
}
