import { fc, test as property } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { encodeIndex, indexDecoder } from '../../../src/plan/index-bytes.ts';
import { mostTick, sourceIndex } from '../../../src/plan/source-index.ts';
import { anyIndex, constantIndex } from '../../support/plan-inputs.ts';

function decoded(bytes: Uint8Array, pieceBytes = bytes.length) {
  const decoder = indexDecoder();
  for (let at = 0; at < bytes.length; at += pieceBytes) decoder.add(bytes.subarray(at, at + pieceBytes));
  return decoder.result();
}

const small = constantIndex({ timeBase: { numerator: 1, denominator: 90_000 }, ticksPerFrame: 3_600, frames: 100 });
const bytes = Buffer.concat([...encodeIndex(small)]);

property.prop([anyIndex(), fc.integer({ min: 1, max: 300 })])(
  'any index is read as it was written, in pieces of any size',
  (index, pieceBytes) => {
    expect(decoded(Buffer.concat([...encodeIndex(index)]), pieceBytes)).toEqual(index);
  },
);

test('the largest times there are, below zero as well, and an index without keyframes', () => {
  const timeBase = { numerator: 1, denominator: 1_000_000_000 };
  const presented = [1 - mostTick, 0, mostTick - 1];
  const none = sourceIndex({ timeBase, trustworthy: false, presented, end: 5, keyframes: { pts: [], dts: [] } });
  expect(decoded(Buffer.concat([...encodeIndex(none)]))).toEqual(none);
  const keyframes = { pts: [1 - mostTick, mostTick - 1], dts: [mostTick - 1, 1 - mostTick] };
  const far = sourceIndex({ timeBase, trustworthy: true, presented, end: 5, keyframes });
  expect(decoded(Buffer.concat([...encodeIndex(far)]))).toEqual(far);
});

test('a frame at 25 fps takes two bytes of 90 kHz, and more than 64 KiB come in pieces', () => {
  expect(bytes.length).toBeLessThan(200 + 2 * 100);
  const timeBase = { numerator: 1, denominator: 90_000 };
  const long = constantIndex({ timeBase, ticksPerFrame: 3_600, frames: 50_000, keyframeEvery: 1 });
  const pieces = [...encodeIndex(long)];
  expect(pieces.length).toBeGreaterThan(3);
  const read = decoded(Buffer.concat(pieces), 10_000);
  expect(read.presented.join()).toBe(long.presented.join());
  expect(read.keyframes.dts.join()).toBe(long.keyframes.dts.join());
});

test.each<[string, { presented?: number[]; end?: number }]>([
  ['times that are not whole', { presented: [0, 0.5] }],
  ['times that go back', { presented: [5, 3] }],
  ['times that are too large', { presented: [mostTick] }],
  ['no time', { end: Number.NaN }],
])('%s cannot be written', (_, change) => {
  const presented = Float64Array.from(change.presented ?? [0]);
  expect(() => [...encodeIndex({ ...small, ...change, presented })]).toThrow(RangeError);
});

property.prop([fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 })])(
  'a changed byte anywhere is noticed',
  (position, change) => {
    const damaged = Buffer.from(bytes);
    damaged[position] = (damaged[position] ?? 0) ^ change;
    expect(() => decoded(damaged)).toThrow();
  },
);

property.prop([fc.nat(bytes.length - 1)])('an index that is cut off is noticed', (length) => {
  expect(() => decoded(bytes.subarray(0, length))).toThrow();
});

test.each([
  ['more after its end', Buffer.concat([bytes, Buffer.from([0])]), 'goes on after its end'],
  ['no header in sight', Buffer.alloc(5_000, 'x'), 'header is too long'],
  ['endless numbers', Buffer.concat([header({ presented: 2 }), Buffer.alloc(100, 255)]), 'too l'],
  ['a time twice', Buffer.concat([header({ presented: 2 }), Buffer.from([4, 0])]), 'not in order'],
  ['more frames than memory', header({ presented: 2 ** 50 }), 'ends too early'],
  ['another version', header({ version: 2 }), 'version'],
])('what is no index is told: %s', (_, wrong, words) => {
  expect(() => decoded(wrong)).toThrow(words);
});

function header(change: object): Buffer {
  const counts = { presented: 1, keyframes: 0 };
  const usual = {
    format: 'reelmill-index',
    version: 1,
    timeBase: small.timeBase,
    trustworthy: true,
    end: 9,
    ...counts,
  };
  return Buffer.from(`${JSON.stringify({ ...usual, ...change })}\n`);
}
