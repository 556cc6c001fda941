import { describe, expect, test } from 'vitest';
import { boxesIn, needBox, readFullBox } from '../../../src/packaging/boxes.ts';
import { readFrames } from '../../../src/packaging/cmaf.ts';
import { fillerUnit, leastFiller, padFragment } from '../../../src/packaging/pad-fragment.ts';
import { fullBox, init, moof, u32 } from '../../support/mp4-boxes.ts';

const header = init({ timescale: 1_000, trex: [10, 3, 0] });
const framesOf = (bytes: Uint8Array) => readFrames(header, bytes).frames;

/** Bytes from the end of the moof to where each run says that its data lies. */
const dataBehind = (bytes: Uint8Array): number[] => {
  const [box] = boxesIn(bytes);
  if (!box) throw new Error('no moof');
  const runs = [...boxesIn(bytes, needBox(box, ['traf']).body, needBox(box, ['traf']).end)];
  return runs.flatMap((run) => {
    if (run.type !== 'trun') return [];
    const { fields } = readFullBox(run);
    fields.skip(4);
    return [fields.i32() - (box.end - box.start)];
  });
};

const uniform = (size: number) => fullBox('tfhd', 0, 0x20010, u32(1, size));

describe('the last frame of a fragment is longer', () => {
  test.each([
    ['whose frames have sizes', moof(0, [fullBox('trun', 0, 0x301, u32(2, 116, 10, 5, 10, 6))]), [5, 106]],
    [
      'with flags and offsets behind them',
      moof(0, [fullBox('trun', 1, 0xf01, u32(2, 132, 10, 5, 0, 3, 10, 6, 0, 4))]),
      [5, 106],
    ],
    ['whose frames have one size', moof(0, [fullBox('trun', 0, 0x1, u32(2, 100))], uniform(9)), [9, 109]],
    ['whose size is that of the track', moof(0, [fullBox('trun', 0, 0x1, u32(2, 100))]), [3, 103]],
    [
      'of one size and other durations',
      moof(0, [fullBox('trun', 0, 0x105, u32(2, 100, 0, 10, 20))], uniform(9)),
      [9, 109],
    ],
    [
      'of two runs',
      moof(0, [fullBox('trun', 0, 0x1, u32(1, 100)), fullBox('trun', 0, 0x1, u32(1, 109))], uniform(9)),
      [9, 109],
    ],
  ])('%s', (_, bytes, sizes) => {
    const padded = padFragment(bytes, 100, 3);
    const frames = framesOf(padded);
    expect(frames.map((frame) => frame.bytes)).toEqual(sizes);
    const times = (of: Uint8Array) => framesOf(of).map(({ pts, dts, duration, key }) => ({ pts, dts, duration, key }));
    expect(times(padded)).toEqual(times(bytes));
    expect(dataBehind(padded)).toEqual(dataBehind(bytes));
  });
});

test('filler is one NAL unit of type 12 with its length before it', () => {
  for (const bytes of [leastFiller, 7, 1_000]) {
    const unit = fillerUnit(bytes);
    expect([unit.length, unit.readUInt32BE(0), unit[4], unit.at(-1)]).toEqual([bytes, bytes - 4, 12, 0x80]);
    expect(unit.subarray(5, -1).every((byte) => byte === 0xff)).toBe(true);
  }
});
