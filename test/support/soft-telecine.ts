/**
 * A copy of an MPEG-2 elementary stream of whole pictures in which every second one asks for its first field to be shown again: film on a
 * DVD (ISO/IEC 13818-2, 6.2.2.3 and 6.2.3.1). It must have no B-frames: their order would be another.
 */
export function softTelecine(stream: Buffer): Buffer {
  const copy = Buffer.from(stream);
  let picture = 0;
  for (let at = copy.indexOf(extension); at >= 0; at = copy.indexOf(extension, at + 4)) {
    const first = at + extension.length;
    const kind = copy.readUInt8(first) >> 4;
    if (kind === sequence) set(copy, first + 1, progressiveSequence, false);
    if (kind !== pictureCoding) continue;
    set(copy, first + 3, topFieldFirst, picture % 4 < 2);
    set(copy, first + 3, repeatFirstField, picture % 2 === 0);
    picture += 1;
  }
  return copy;
}

const extension = Buffer.from([0, 0, 1, 0xb5]);
const [sequence, pictureCoding] = [1, 8];
const [progressiveSequence, topFieldFirst, repeatFirstField] = [0x08, 0x80, 0x02];

function set(bytes: Buffer, at: number, bit: number, on: boolean): void {
  bytes.writeUInt8(on ? bytes.readUInt8(at) | bit : bytes.readUInt8(at) & ~bit, at);
}
