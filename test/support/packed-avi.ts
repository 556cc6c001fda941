/**
 * Makes packed B-frames of an MPEG-4 AVI, as DivX and XviD wrote them: a B-frame goes into the chunk of the frame that is decoded before
 * it, and where it stood an empty picture says "nothing new". The file's order and count stay; no time in it is right for a decoder
 * that takes a chunk for a frame.
 */
export function packBFrames(avi: Buffer): Buffer {
  const movi = avi.indexOf('movi', 0, 'latin1');
  const pictures = [...chunksOf(avi, movi + 4)];
  const packed: Buffer[] = [];
  for (const [index, picture] of pictures.entries()) {
    if (isBFrame(picture)) continue;
    const bFrames = pictures.slice(index + 1).findIndex((next) => !isBFrame(next));
    const following = pictures.slice(index + 1, index + 1 + (bFrames === -1 ? pictures.length : bFrames));
    const [first] = following;
    packed.push(first ? Buffer.concat([picture, first]) : picture, ...following.slice(1));
    if (first) packed.push(emptyPicture);
  }
  const [opening, ...rest] = packed;
  if (!opening) throw new Error('the AVI has no pictures');
  return rebuild(avi, movi, [sayPacked(opening), ...rest]);
}

/** Chunks of pictures in a `movi` list, until what follows it. */
function* chunksOf(avi: Buffer, start: number): Generator<Buffer> {
  for (let at = start; at + 8 <= avi.length; ) {
    const type = avi.toString('latin1', at, at + 4);
    const size = avi.readUInt32LE(at + 4);
    if (!/^\d\d|^JUNK/.test(type)) return;
    if (type === '00dc') yield avi.subarray(at + 8, at + 8 + size);
    at += 8 + size + (size % 2);
  }
}

/** `vop_start_code`, then two bits of `vop_coding_type`: 2 is B. (ISO/IEC 14496-2, 6.2.5) */
const vopStart = Buffer.from([0, 0, 1, 0xb6]);
const isBFrame = (chunk: Buffer): boolean => (chunk[chunk.indexOf(vopStart) + 4] ?? 0) >> 6 === 2;

/** A P picture at time 0 of 25, `vop_coded` 0. */
const emptyPicture = Buffer.from([...vopStart, 0x50, 0x4f]);

/** By this word decoders know: `DivX<version>b<build>p`. */
function sayPacked(chunk: Buffer): Buffer {
  const at = chunk.indexOf(vopStart);
  const words = Buffer.concat([Buffer.from([0, 0, 1, 0xb2]), Buffer.from('DivX503b1393p\0', 'latin1')]);
  return Buffer.concat([chunk.subarray(0, at), words, chunk.subarray(at)]);
}

/** The same headers round other chunks: `movi` and `idx1` are written anew. */
function rebuild(avi: Buffer, movi: number, pictures: Buffer[]): Buffer {
  const entries: Buffer[] = [];
  const chunks: Buffer[] = [];
  let offset = 4;
  for (const [index, picture] of pictures.entries()) {
    const header = Buffer.from('00dc\0\0\0\0', 'latin1');
    header.writeUInt32LE(picture.length, 4);
    const entry = Buffer.alloc(16);
    entry.write('00dc', 'latin1');
    entry.writeUInt32LE(index % 50 === 0 ? 0x10 : 0, 4);
    entry.writeUInt32LE(offset, 8);
    entry.writeUInt32LE(picture.length, 12);
    entries.push(entry);
    const padding = Buffer.alloc(picture.length % 2);
    chunks.push(header, picture, padding);
    offset += 8 + picture.length + padding.length;
  }
  const list = Buffer.concat([avi.subarray(0, movi - 8), ...riff('LIST', [Buffer.from('movi', 'latin1'), ...chunks])]);
  const file = Buffer.concat([list, ...riff('idx1', entries)]);
  file.writeUInt32LE(file.length - 8, 4);
  return file;
}

function riff(type: string, parts: Buffer[]): Buffer[] {
  const header = Buffer.from(`${type}\0\0\0\0`, 'latin1');
  header.writeUInt32LE(
    parts.reduce((sum, part) => sum + part.length, 0),
    4,
  );
  return [header, ...parts];
}
