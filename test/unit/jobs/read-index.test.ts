import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { readStoredIndex } from '../../../src/jobs/read-index.ts';
import { encodeIndex } from '../../../src/plan/index-bytes.ts';
import { constantIndex } from '../../support/plan-inputs.ts';

const index = constantIndex({ timeBase: { numerator: 1, denominator: 25 }, ticksPerFrame: 1, frames: 30_000 });
const bytes = Buffer.concat([...encodeIndex(index)]);
const stored = (body: Buffer) => ({ read: async () => Readable.from([body.subarray(0, 7), body.subarray(7)]) });
const probe = { indexKey: 'segments/vid/run/probe/1/index.bin' };

test('an index is read as it was stored', async () => {
  expect(await readStoredIndex(stored(bytes), probe)).toEqual(index);
});

test.each([
  ['cut short', bytes.subarray(0, 20_000), 'it ends too early'],
  ['changed', Buffer.from(bytes).fill(9, 500, 501), 'its checksum is wrong'],
  ['a picture', Buffer.from([0xff, 0xd8, 0xff, 0xe0, 10]), 'it is no index of ours'],
])('an index that is %s is OUTPUT_DAMAGED', async (_, body, words) => {
  await expect(readStoredIndex(stored(body), probe)).rejects.toMatchObject({
    code: 'OUTPUT_DAMAGED',
    message: expect.stringContaining(words),
  });
});

test('of sound alone there is none', async () => {
  await expect(readStoredIndex(stored(bytes), { indexKey: null })).rejects.toMatchObject({ code: 'INTERNAL' });
});
