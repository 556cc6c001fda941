import { type Box, boxesIn, childBoxes, damaged, needBox, readFullBox } from './boxes.ts';

/** Length, header, and the bit that ends it: a filler NAL unit has so many bytes at least. */
export const leastFiller = 6;

/** A filler NAL unit (H.264, 7.3.2.7) of so many bytes, its length of four bytes before it as in MP4; at least `leastFiller`. Pure. */
export function fillerUnit(bytes: number): Buffer {
  const unit = Buffer.alloc(bytes, 0xff);
  unit.writeUInt32BE(bytes - 4);
  unit[4] = 12;
  unit[bytes - 1] = 0x80;
  return unit;
}

/** A moof whose last sample is so many bytes longer. Of one that names no sizes every sample gets its own. Throws OUTPUT_DAMAGED. Pure. */
export function padFragment(moof: Uint8Array, added: number, defaultSize: number): Buffer {
  const [box] = boxesIn(moof);
  if (!box) throw damaged('a moof is empty');
  const traf = needBox(box, ['traf']);
  const last = childBoxes(traf).findLast(({ type }) => type === 'trun');
  if (!last) throw damaged('a fragment has no trun');
  const { flags } = readFullBox(last);
  if (flags & 0x200) return withLastSize(moof, last, added);
  return padFragment(withSizes(moof, traf, sizeOf(traf, defaultSize)), added, defaultSize);
}

/** `trun`, 8.8.8: the size of its last sample, in place. */
function withLastSize(moof: Uint8Array, trun: Box, added: number): Buffer {
  const { flags } = readFullBox(trun);
  const behindSize = [0x400, 0x800].filter((flag) => flags & flag).length;
  const padded = Buffer.from(moof);
  const at = trun.end - 4 * (behindSize + 1);
  padded.writeUInt32BE(padded.readUInt32BE(at) + added, at);
  return padded;
}

/** `tfhd`, 8.8.7: the size of all samples. */
function sizeOf(traf: Box, defaultSize: number): number {
  const { flags, fields } = readFullBox(needBox(traf, ['tfhd']));
  fields.skip(4);
  if (flags & 0x1) fields.skip(8);
  if (flags & 0x2) fields.skip(4);
  if (flags & 0x8) fields.skip(4);
  return flags & 0x10 ? fields.u32() : defaultSize;
}

/** The same fragment with a size beside every sample; its data lies so much further behind its start. */
function withSizes(moof: Uint8Array, traf: Box, size: number): Buffer {
  const runs = childBoxes(traf).filter(({ type }) => type === 'trun');
  const sized = runs.map((run) => ({
    run,
    bytes: readFullBox(run).flags & 0x200 ? bytesOf(run) : sizedRun(run, size),
  }));
  const grown = sized.reduce((sum, { run, bytes }) => sum + bytes.length - (run.end - run.start), 0);
  const parts: Uint8Array[] = [];
  let at = 0;
  for (const { run, bytes } of sized) {
    const moved = Buffer.from(bytes);
    if (readFullBox(run).flags & 0x1) moved.writeInt32BE(moved.readInt32BE(16) + grown, 16);
    parts.push(moof.subarray(at, run.start), moved);
    at = run.end;
  }
  const made = Buffer.concat([...parts, moof.subarray(at)]);
  made.writeUInt32BE(made.length);
  made.writeUInt32BE(traf.end - traf.start + grown, traf.start);
  return made;
}

function sizedRun(run: Box, size: number): Buffer {
  const { version, flags, fields } = readFullBox(run);
  const count = fields.u32();
  const head = 4 * [0x1, 0x4].filter((flag) => flags & flag).length;
  const before = flags & 0x100 ? 4 : 0;
  const after = 4 * [0x400, 0x800].filter((flag) => flags & flag).length;
  const made = Buffer.alloc(16 + head + count * (before + 4 + after));
  made.writeUInt32BE(made.length);
  made.write('trun', 4, 'latin1');
  made.writeUInt32BE(version * 2 ** 24 + (flags | 0x200), 8);
  made.writeUInt32BE(count, 12);
  const old = bytesOf(run);
  made.set(old.subarray(16, 16 + head), 16);
  for (let sample = 0; sample < count; sample += 1) {
    const from = 16 + head + sample * (before + after);
    const to = 16 + head + sample * (before + 4 + after);
    made.set(old.subarray(from, from + before), to);
    made.writeUInt32BE(size, to + before);
    made.set(old.subarray(from + before, from + before + after), to + before + 4);
  }
  return made;
}

const bytesOf = ({ bytes, start, end }: Box): Uint8Array => bytes.subarray(start, end);
