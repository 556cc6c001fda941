import { expect, test } from 'vitest';
import { walkFragments } from '../../../src/ffmpeg/walk-fragments.ts';
import { box } from '../../support/mp4-boxes.ts';

const fragment = Buffer.concat([box('moof', box('mfhd', Buffer.alloc(8))), box('mdat', Buffer.alloc(5_000))]);
const front = Buffer.concat([box('ftyp', Buffer.from('isom0000')), box('moov', Buffer.alloc(100))]);
const index = box('sidx', Buffer.alloc(40));
const fragments = (many: number) => Buffer.concat(Array.from({ length: many }, () => fragment));
const walk = (...parts: Uint8Array[]) => {
  const bytes = Buffer.concat(parts);
  return walkFragments(bytes.length, async (start, end) => bytes.subarray(start, end));
};

test.each([
  ['whole', [front, fragments(200)]],
  ['of one piece, with anything behind it', [front, box('mdat', Buffer.alloc(9)), Buffer.alloc(9_000)]],
  ['with a tag behind it', [front, fragments(20), Buffer.from('TAG'.padEnd(128))]],
  ['with a hole that an index leads over', [front, index, fragments(3), Buffer.alloc(999), fragments(3)]],
])('a movie %s is not short', async (_, parts) => expect(await walk(...parts)).toBeNull());

test.each([
  ['a hole', 'broken', [front, fragments(3), Buffer.alloc(999), fragments(3)], /byte 15,220 of .* byte 16,219$/],
  ['a hole over a megabyte', 'broken', [front, fragments(3), Buffer.alloc(1_048_560), fragments(1)], /byte 1,063,780$/],
  ['its end in a box', 'ends', [front, fragments(3).subarray(0, -9)], /the box mdat wants 5,008 bytes, of which 4,999/],
  ['its end in a header', 'ends', [front, fragments(2), fragment.subarray(0, 5)], /its last box is cut off/],
  ['zeros to its end', 'ends', [front, fragments(2), Buffer.alloc(9_000)], /on it holds no video$/],
])('%s in fragments: %s', async (_, chain, parts, words) => {
  const short = await walk(...parts);
  expect(short).toMatchObject({ chain, words: expect.stringMatching(words) });
  expect(short?.share).toBeGreaterThanOrEqual(chain === 'broken' ? 0.01 : 0);
});
