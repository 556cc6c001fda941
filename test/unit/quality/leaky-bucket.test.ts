import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addUnderflow,
  type BufferLevel,
  drainBuffer,
  fillerBytes,
  levelAtStart,
  shareAtStart,
} from '../../../src/quality/leaky-bucket.ts';

/** 1000 bits a tick, 10 000 bits of buffer: 10 frames a second, a frame every 100 ticks brings 10 000 bits. */
const buffer = { maxrateKbps: 100, bufsizeKbps: 10, timescale: 100 };
/** A frame every tick (1 kbit comes in between two), each of so many bytes. */
const frames = (...bytes: number[]) => bytes.map((size, position) => ({ dts: position, bytes: size }));
const full: BufferLevel = { bits: 10_000, dts: null };

describe('the buffer of a decoder', () => {
  test('begins nine tenths full', () => {
    expect(levelAtStart(buffer)).toEqual({ bits: 9_000, dts: null });
  });

  test.each<[string, BufferLevel, ReturnType<typeof frames>, ReturnType<typeof drainBuffer>]>([
    ['holds frames of its rate for ever', full, frames(125, 125, 125), level(9_000, 2)],
    ['takes a frame as large as itself', full, frames(1_250), level(0, 0)],
    ['lacks what a frame has beyond it', full, frames(1_251), level(0, 0, { frames: 1, bits: 8, firstDts: 0 })],
    ['fills between frames', { bits: 0, dts: -1 }, frames(125), level(0, 0)],
    ['is never fuller than full', { bits: 9_990, dts: -100 }, frames(0), level(10_000, 0)],
    // 2 frames of 7 kbit out of 10, 1 kbit comes between them: 3 kbit are missing. Then 1 kbit comes and 1.008 are taken.
    [
      'does not lack again what a player has waited for',
      full,
      frames(875, 875, 126),
      level(0, 2, { frames: 2, bits: 3_008, firstDts: 1 }),
    ],
    ['is empty and stays so without frames', { bits: 0, dts: 7 }, [], level(0, 7)],
    [
      'gains nothing where decode times go back',
      { bits: 1_000, dts: 5 },
      [{ dts: 3, bytes: 126 }],
      level(0, 3, { frames: 1, bits: 8, firstDts: 3 }),
    ],
  ])('%s', (_, before, taken, expected) => {
    expect(drainBuffer(buffer, before, taken)).toEqual(expected);
  });

  test('gives the same in one piece and in any pieces', () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 2_000 }), { maxLength: 60 });
    fc.assert(
      fc.property(sizes, fc.nat(60), (bytes, cut) => {
        const all = frames(...bytes);
        const one = drainBuffer(buffer, full, all);
        const first = drainBuffer(buffer, full, all.slice(0, cut));
        const second = drainBuffer(buffer, first.level, all.slice(cut));
        expect(second.level).toEqual(one.level);
        expect(addUnderflow(first.underflow, second.underflow)).toEqual(one.underflow);
      }),
    );
  });

  test('never lacks anything where every frame fits the rate', () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 125 }), { maxLength: 60 });
    fc.assert(
      fc.property(sizes, (bytes) => {
        expect(drainBuffer(buffer, { bits: 1_000, dts: 0 }, frames(...bytes)).underflow).toBeNull();
      }),
    );
  });
});

test.each<[string, { level: number; bits: number; assumed: number }, number]>([
  ['what is there, where less is missing than was assumed', { level: 3_000, bits: 1_000, assumed: 0.5 }, 0.3],
  ['what is there, where all of it is missing', { level: 3_000, bits: 2_000, assumed: 0.5 }, 0.3],
  ['less, where the encoder took more than it was told', { level: 3_000, bits: 2_500, assumed: 0.5 }, 0.25],
  ['less than was assumed, where enough was there', { level: 8_000, bits: 1_000, assumed: 0.5 }, 0.4],
  ['a little, where nothing is there', { level: 0, bits: 5_000, assumed: 0.5 }, 0.02],
  ['thousandths, rounded down', { level: 3_339, bits: 10, assumed: 0.5 }, 0.333],
])('a segment that breaks the stream may count on %s', (_, { level, bits, assumed }, share) => {
  const underflow = { frames: 1, bits, firstDts: 0 };
  expect(shareAtStart(buffer, { level: { bits: level, dts: 0 }, underflow, assumed })).toBe(share);
});

test.each([
  ['the share that the next segment counts on', { bits: 8_000, dts: 100 }, 100, 375],
  ['also of what comes in until it begins', { bits: 8_000, dts: 90 }, 100, 1_625],
  ['nothing where less is there', { bits: 4_000, dts: 100 }, 100, 0],
])('filler leaves %s', (_, before, untilTicks, bytes) => {
  expect(fillerBytes(buffer, before, { untilTicks, share: 0.5 })).toBe(bytes);
});

function level(bits: number, dts: number, underflow: ReturnType<typeof drainBuffer>['underflow'] = null) {
  return { level: { bits, dts }, underflow };
}
