import { expect, test } from 'vitest';
import { readBoxes } from '../../../src/packaging/read-boxes.ts';
import { box, join, moof, u32, u64 } from '../../support/mp4-boxes.ts';

/** Reads out of bytes, and counts what was read. */
function source(bytes: Uint8Array) {
  const reads: [number, number][] = [];
  const read = async (start: number, end: number) => {
    reads.push([start, end]);
    return bytes.subarray(start, end);
  };
  return { reads, read };
}
const data = (bytes: number) => box('mdat', new Uint8Array(bytes));

test('a small file takes one read', async () => {
  const file = join(box('styp'), moof(1, []), data(9), moof(2, []), data(9));
  const { read, reads } = source(file);
  expect(Buffer.from(await readBoxes(['moof'], file.length, read))).toEqual(
    Buffer.from(join(moof(1, []), moof(2, []))),
  );
  expect(reads).toEqual([[0, file.length]]);
});
test('the data of a large one is not read, also where its size has 64 bits', async () => {
  const large = join(u32(1), new Uint8Array(Buffer.from('mdat')), u64(16 + 300_000), new Uint8Array(300_000));
  const file = join(moof(1, []), data(300_000), large, moof(2, []));
  const { read, reads } = source(file);
  expect((await readBoxes(['moof'], file.length, read)).length).toBe(2 * moof(1, []).length);
  expect(reads.reduce((sum, [start, end]) => sum + end - start, 0)).toBeLessThan(60_000);
});
test('a box larger than a read is read whole', async () => {
  const big = box('moov', new Uint8Array(50_000).fill(7));
  const { read } = source(join(data(3), big));
  expect(Buffer.from(await readBoxes(['moov'], 50_019, read))).toEqual(Buffer.from(big));
});
test.each([
  ['a box that ends behind the file', join(moof(1, []), u32(100, 0x6d646174))],
  ['a box smaller than its header', u32(4, 0x6d646174)],
  ['half a header', join(moof(1, []), u32(8).subarray(0, 3))],
])('throws for %s', async (_name, file) => {
  await expect(readBoxes(['moof'], file.length, source(file).read)).rejects.toThrow('OUTPUT_DAMAGED');
});
test('throws where fewer bytes come than were asked for', async () => {
  const file = join(moof(1, []), data(9));
  await expect(readBoxes(['moof'], file.length, async () => file.subarray(0, 20))).rejects.toThrow('OUTPUT_DAMAGED');
});
