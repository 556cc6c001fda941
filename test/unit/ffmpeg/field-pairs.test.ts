import { describe, expect, test } from 'vitest';
import { mayHoldFields, withDecodedFrames } from '../../../src/ffmpeg/field-pairs.ts';
import { sourceIndex } from '../../../src/plan/source-index.ts';
import { constantIndex } from '../../support/plan-inputs.ts';

const timeBase = { numerator: 1, denominator: 90_000 };
const at = (framesPerSecond: number) =>
  constantIndex({ timeBase, ticksPerFrame: Math.round(90_000 / framesPerSecond), frames: 100 });

describe('packets may be fields', () => {
  test.each([
    ['H.264, 50 a second, interlaced', 'h264', 'tt', 50, true],
    ['H.264, 59.94 a second, order not told', 'h264', 'unknown', 59.94, true],
    ['H.264, 50 a second, progressive', 'h264', 'progressive', 50, false],
    ['H.264, 25 a second, by macroblock', 'h264', 'tb', 25, false],
    ['H.264, 29.97 a second, by macroblock', 'h264', 'bt', 29.97, false],
    ['MPEG-2: its parser joins them', 'mpeg2video', 'tt', 50, false],
  ])('%s', (_, codec, order, rate, expected) => {
    expect(mayHoldFields({ codec_name: codec, field_order: order }, at(rate))).toBe(expected);
  });

  test('now and then a pair is enough', () => {
    const presented = Float64Array.of(0, 3_600, 7_200, 9_000, 10_800, 14_400);
    expect(mayHoldFields({ codec_name: 'h264', field_order: 'tt' }, { ...at(25), presented })).toBe(true);
  });
});

describe('packets with the frames of a decode', () => {
  const index = (presented: number[], pts: number[], dts: number[], end: number) =>
    sourceIndex({ timeBase, trustworthy: true, presented, end, keyframes: { pts, dts } });
  const packets = index([0, 20, 40, 60, 80, 100], [0, 20, 80], [-10, 10, 70], 120);

  test('a frame has the time of its first field, and a keyframe begins a frame', () => {
    const frames = index([0, 40, 80], [], [], 100);
    expect(withDecodedFrames(packets, frames)).toEqual(index([0, 40, 80], [0, 80], [-10, 70], 120));
  });

  test('nothing is presented before the first keyframe that begins a frame', () => {
    const late = index([0, 20, 40, 60, 80, 100], [20, 80], [10, 70], 120);
    expect(withDecodedFrames(late, index([0, 40, 80], [], [], 120))).toEqual(index([80], [80], [70], 120));
  });

  test.each([
    ['a frame where no packet is', [0, 30, 80]],
    ['no keyframe begins a frame', [40, 60]],
  ])('they do not belong together: %s', (_, presented) => {
    expect(withDecodedFrames(packets, index(presented, [], [], 120))).toBeNull();
  });
});
