import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { boxesIn, findBox, needBox, readFullBox } from '../../../src/packaging/boxes.ts';
import { readFrames, readTrack } from '../../../src/packaging/cmaf.ts';
import { readFragment, timeFragment } from '../../../src/packaging/time-fragment.ts';
import { fullBox, init, moof, u32 } from '../../support/mp4-boxes.ts';

const header = init({ timescale: 1_000, trex: [10, 3, 0] });
const track = readTrack(header);
const retime = (bytes: Uint8Array, end: number, of = track) => timeFragment(of, readFragment(of, bytes), end);
const framesOf = (bytes: Uint8Array) => readFrames(header, bytes).frames;
const withoutTimes = (bytes: Uint8Array) => framesOf(bytes).map((frame) => ({ ...frame, dts: 0, duration: 0 }));
/** Where the first run says that its data lies, from the end of the moof. */
const dataBehind = (bytes: Uint8Array) => {
  const [box] = boxesIn(bytes);
  if (!box) throw new Error('no moof');
  const { fields } = readFullBox(needBox(box, ['traf', 'trun']));
  fields.skip(4);
  return fields.i32() - (box.end - box.start);
};

/** A fragment as an encoder writes it: pts in decode order, decode times from a start. */
const fragment = (start: number, samples: { pts: number; duration: number }[]) => {
  let dts = start;
  const fields = samples.flatMap(({ pts, duration }, at) => {
    dts += duration;
    return [duration, 10, at === 0 ? 0 : 0x10000, pts - dts + duration];
  });
  return moof(start, [fullBox('trun', 1, 0xf01, u32(samples.length, 200, ...fields))]);
};

describe('the bytes stay', () => {
  const constant = fc.record({
    ticks: fc.integer({ min: 1, max: 1_000 }),
    first: fc.nat(100_000),
    bFrames: fc.integer({ min: 0, max: 4 }),
    groups: fc.nat(10),
  });
  test('at any constant rate, with any number of B-frames', () => {
    fc.assert(
      fc.property(constant, ({ ticks, first, bFrames, groups }) => {
        const order = Array.from({ length: groups }, (_, group) => {
          const before = group * (bFrames + 1);
          return [before + bFrames + 1, ...Array.from({ length: bFrames }, (_, at) => before + 1 + at)];
        });
        const samples = [0, ...order.flat()].map((place) => ({ pts: first + place * ticks, duration: ticks }));
        const bytes = fragment(first, samples);
        expect(retime(bytes, first + samples.length * ticks)).toBe(bytes);
      }),
    );
  });
  test('of what has been timed once', () => {
    const bytes = fragment(500, [{ pts: 3_000, duration: 20 }, { pts: 3_040, duration: 2_500 }, { pts: 3_020, duration: 20 }]); // biome-ignore format: one fragment
    const timed = retime(bytes, 5_000);
    expect(timed).not.toBe(bytes);
    expect(retime(timed, 5_000)).toBe(timed);
  });
});

test.each([
  ['without fields', moof(0, [fullBox('trun', 0, 0x1, u32(3, 108))])],
  ['with sizes, offsets and first flags', moof(0, [fullBox('trun', 1, 0xa05, u32(3, 108, 0, 4, 0, 2, -5, 2, 0))])],
  ['with durations', moof(0, [fullBox('trun', 1, 0x301, u32(3, 108, 10, 4, 10, 2, 10, 2))])],
  ['in two parts', moof(0, [fullBox('trun', 0, 0x1, u32(1, 108)), fullBox('trun', 0, 0x201, u32(2, 111, 7, 8))])],
  ['with a time of 32 bits', moof(0, [fullBox('trun', 0, 0x1, u32(3, 108))], fullBox('tfhd', 0, 0x20000, u32(1)))],
])('only decode times and durations change: a run %s', (_name, bytes) => {
  const timed = retime(bytes, 90);
  expect(withoutTimes(timed)).toEqual(withoutTimes(bytes));
  const frames = framesOf(timed);
  const last = frames.at(-1);
  expect([frames[0]?.dts, (last?.dts ?? 0) + (last?.duration ?? 0)]).toEqual([0, 90]);
  expect(dataBehind(timed)).toBe(dataBehind(bytes));
  expect([...boxesIn(timed)].map(({ type }) => type)).toEqual(['moof']);
});

test('a hold that an encoder laid on another sample, and began to count too early, is put right', () => {
  const samples = [
    { pts: 3_000, duration: 20 },
    { pts: 3_060, duration: 2_520 },
    { pts: 3_020, duration: 20 },
    { pts: 3_040, duration: 20 },
  ];
  const timed = framesOf(retime(fragment(500, samples), 3_080));
  expect(timed.map(({ pts, dts, duration }) => [pts, dts, duration])).toEqual([
    [3_000, 3_000, 20],
    [3_060, 3_020, 20],
    [3_020, 3_040, 20],
    [3_040, 3_060, 20],
  ]);
});
test('times stay where the header has an edit list', () => {
  const shifted = init({ timescale: 1_000, trex: [10, 3, 0], edits: [[0, 40]] });
  const bytes = fragment(40, [{ pts: 40, duration: 10 }, { pts: 60, duration: 10 }, { pts: 50, duration: 10 }]); // biome-ignore format: one fragment
  const timed = retime(bytes, 500, readTrack(shifted));
  const ptsOf = (media: Uint8Array) => readFrames(shifted, media).frames.map(({ pts }) => pts);
  expect(ptsOf(timed)).toEqual(ptsOf(bytes));
});
test('knows where a fragment begins; throws where it has no frame, or one that is shown behind its end', () => {
  expect(readFragment(track, fragment(0, [{ pts: 30, duration: 10 }, { pts: 10, duration: 10 }])).start).toBe(10); // biome-ignore format: one fragment
  const empty = moof(0, []);
  expect(findBox([...boxesIn(empty)][0] ?? expect.fail(), ['traf', 'trun'])).toBeNull();
  expect(() => retime(empty, 40)).toThrow('OUTPUT_DAMAGED');
  expect(() => retime(fragment(0, [{ pts: 30, duration: 10 }]), 30)).toThrow('OUTPUT_DAMAGED');
});
