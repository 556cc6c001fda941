/**
 * A copy of an MP4's bytes with one more box at the end of another, named by the way to it (`moov/trak/…`). What it lies in grows; the
 * samples must lie before `moov`, as their places are not moved.
 */
export function insertBox(mp4: Buffer, way: string[], box: Buffer): Buffer {
  const copy = Buffer.from(mp4);
  let [from, to] = [0, copy.length];
  for (const type of way) {
    const at = findBox(copy, type, from, to);
    const size = copy.readUInt32BE(at);
    copy.writeUInt32BE(size + box.length, at);
    [from, to] = [at + 8 + (ownFields[type] ?? 0), at + size];
  }
  return Buffer.concat([copy.subarray(0, to), box, copy.subarray(to)]);
}

/** Bytes of a box before those that lie in it (ISO/IEC 14496-12): version and count of `stsd`, all of a visual sample entry. */
const ownFields: Readonly<Record<string, number>> = { stsd: 8, hvc1: 78, avc1: 78 };

function findBox(bytes: Buffer, type: string, from: number, to: number): number {
  for (let at = from; at < to; at += bytes.readUInt32BE(at)) {
    if (bytes.toString('latin1', at + 4, at + 8) === type) return at;
  }
  throw new Error(`there is no ${type}`);
}

/** A box of these bytes. */
export function boxOf(type: string, body: number[]): Buffer {
  const bytes = Buffer.alloc(8 + body.length);
  bytes.writeUInt32BE(bytes.length);
  bytes.write(type, 4, 'latin1');
  bytes.set(body, 8);
  return bytes;
}
