import { expect, test } from 'vitest';
import { boxesIn, needBox, readFullBox } from '../../../src/packaging/boxes.ts';
import { readFrames } from '../../../src/packaging/cmaf.ts';
import { setMediaEnd } from '../../../src/packaging/set-end.ts';
import { box, fullBox, init, join, moof, u32 } from '../../support/mp4-boxes.ts';

const header = init({ trex: [10, 3, 0] });
const data = box('mdat', new Uint8Array([1, 2, 3, 4, 5, 6]));
/** Two fragments of two samples; the second one begins at 20. */
const media = (run: Uint8Array) => join(moof(0, [run]), data, moof(20, [run]), data);
const durations = (bytes: Uint8Array) => readFrames(header, bytes).frames.map(({ duration }) => duration);
/** Where the last run says that its data lies, from the start of its fragment; and how long that fragment's header is. */
const offsetOfLast = (bytes: Uint8Array) => {
  const last = [...boxesIn(bytes)].filter(({ type }) => type === 'moof').at(-1);
  if (!last) throw new Error('no moof');
  const { fields } = readFullBox(needBox(last, ['traf', 'trun']));
  fields.skip(4);
  return { offset: fields.i32(), moof: last.end - last.start };
};

const plain = fullBox('trun', 0, 0x1, u32(2, 108));
const sized = fullBox('trun', 1, 0xa05, u32(2, 108, 0, 4, 0, 2, -5));
const timed = fullBox('trun', 1, 0x301, u32(2, 108, 10, 4, 10, 2));

test.each([
  ['without fields', plain],
  ['with sizes, offsets and first flags', sized],
  ['with durations', timed],
])('the last sample lasts to the end; nothing else changes: a run %s', (_name, run) => {
  const before = media(run);
  const after = setMediaEnd(header, before, 57);
  expect(durations(before)).toEqual([10, 10, 10, 10]);
  expect(durations(after)).toEqual([10, 10, 10, 27]);
  const withoutDuration = (bytes: Uint8Array) =>
    readFrames(header, bytes).frames.map((frame) => ({ ...frame, duration: 0 }));
  expect(withoutDuration(after)).toEqual(withoutDuration(before));
  expect([...boxesIn(after)].map(({ type }) => type)).toEqual(['moof', 'mdat', 'moof', 'mdat']);
  const [old, now] = [offsetOfLast(before), offsetOfLast(after)];
  expect(now.offset - now.moof).toBe(old.offset - old.moof);
  expect(Buffer.from(after.subarray(-data.length))).toEqual(Buffer.from(data));
});
test('what ends there already stays the same bytes', () => {
  expect(setMediaEnd(header, media(plain), 40)).toEqual(media(plain));
});
test('a sample is never without a length', () => {
  expect(durations(setMediaEnd(header, media(timed), 25)).at(-1)).toBe(1);
});
test('throws where there is no frame', () => {
  expect(() => setMediaEnd(header, data, 40)).toThrow('OUTPUT_DAMAGED');
});
