/**
 * A copy of an MP4 or MOV with another box in the place of one that is named by the way to it (`moov/trak/…`), the first of each type. What it
 * lies in grows or shrinks; the samples must lie before `moov`, as their places are not moved.
 */
export function replaceBox(movie: Buffer, way: string[], box: Uint8Array): Buffer {
  let [from, to] = [0, movie.length];
  const parents: number[] = [];
  for (const type of way) {
    const at = findBox(movie, type, from, to);
    parents.push(at);
    [from, to] = [at + 8, at + movie.readUInt32BE(at)];
  }
  const at = parents.pop() ?? 0;
  const size = movie.readUInt32BE(at);
  const copy = Buffer.from(movie);
  for (const parent of parents) copy.writeUInt32BE(copy.readUInt32BE(parent) + box.length - size, parent);
  return Buffer.concat([copy.subarray(0, at), box, copy.subarray(at + size)]);
}

function findBox(bytes: Buffer, type: string, from: number, to: number): number {
  for (let at = from; at < to; at += bytes.readUInt32BE(at)) {
    if (bytes.toString('latin1', at + 4, at + 8) === type) return at;
  }
  throw new Error(`there is no ${type}`);
}
