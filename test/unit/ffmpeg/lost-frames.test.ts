import { describe, expect, test } from 'vitest';
import { lostFrames, spanHoles } from '../../../src/ffmpeg/lost-frames.ts';
import { withShownFrames } from '../../../src/ffmpeg/shown-frames.ts';
import { sayHoles } from '../../../src/plan/holes.ts';
import { sourceIndex } from '../../../src/plan/source-index.ts';

const timeBase = { numerator: 1, denominator: 1000 };
const index = (presented: number[], pts: number[] = [], end = (presented.at(-1) ?? 0) + 40) =>
  sourceIndex({ timeBase, trustworthy: true, presented, end, keyframes: { pts, dts: pts } });
const every40 = (from: number, to: number) => Array.from({ length: (to - from) / 40 }, (_, at) => from + at * 40);

describe('frames that are lost', () => {
  const all = every40(1_000, 2_000);

  test('none', () => expect(lostFrames(Float64Array.from(all), index(all))).toBeNull());

  test('with a packet: a variable rate hides nothing', () => {
    const times = [0, 40, 250, 300, 330, 700, 710, 900];
    expect(lostFrames(Float64Array.from(times), index([0, 40, 250, 700, 710]))).toEqual({
      of: 8,
      holes: [
        { from: 0.3, to: 0.7, frames: 2 },
        { from: 0.9, to: 0.9, frames: 1 },
      ],
    });
  });

  test('without a packet: where the rate is steady', () => {
    const shown = [...every40(1_000, 1_400), ...every40(1_800, 2_400)];
    expect(lostFrames(null, index(shown))).toEqual({ of: 35, holes: [{ from: 0.4, to: 0.8, frames: 10 }] });
  });

  test('both in one hole are counted once', () => {
    const [shown, cut] = [[...every40(0, 400), ...every40(800, 1_400)], every40(600, 680)];
    const packets = Float64Array.from([...shown, ...cut]).sort();
    expect(lostFrames(packets, index(shown))).toEqual({ of: 35, holes: [{ from: 0.4, to: 0.8, frames: 10 }] });
  });

  test('a rate that is rounded to milliseconds, or variable, or a clock that jumps: nothing', () => {
    const rounded = Array.from({ length: 60 }, (_, frame) => Math.round((frame * 1_001) / 30));
    expect(lostFrames(null, index(rounded))).toBeNull();
    expect(lostFrames(null, index([0, 40, 300, 310, 900, 2_000]))).toBeNull();
    expect(lostFrames(null, index([0, ...every40(63, 1_000)]))).toBeNull();
    expect(lostFrames(null, index([...every40(0, 400), ...every40(93_600_000, 93_600_400)]))).toBeNull();
  });
});

test.each([
  ['in the middle and at the end', [0, 40, 160], 'between 2.1 and 2.2 s, between 2.2 and 2.4 s'],
  ['at the beginning', every40(80, 400), 'between 2.0 and 2.1 s'],
  ['all', [], 'between 2.0 and 2.4 s'],
])('a span that lacks frames %s', (_, shown, said) => {
  const span = { start: 0, end: 400, planned: 10, zero: -2_000, timeBase };
  expect(sayHoles(spanHoles(Float64Array.from(shown), span))).toBe(said);
});

test('five holes are said, and how many more there are', () => {
  const holes = [1, 2, 3, 4, 5, 6, 7].map((from) => ({ from, to: from + 0.01 }));
  expect(sayHoles(holes)).toBe('at 1.0 s, at 2.0 s, at 3.0 s, at 4.0 s, at 5.0 s, 2 more');
});

describe('packets with what a decode shows', () => {
  const packets = index(every40(0, 400), [-80, 0, 120, 200], 405);

  test('frames that are not shown are not presented, and no decode begins there', () => {
    const shown = index([0, 40, 80, 160, 200, 240, 280, 360]);
    expect(withShownFrames(packets, shown)).toEqual(index([...shown.presented], [-80, 0, 200], 405));
  });

  test('the end is that of the last one that is shown', () => {
    expect(withShownFrames(packets, index([0, 40, 80]))).toMatchObject({ end: 120 });
  });

  test('what is shown before the first frame that can be decoded is not presented', () => {
    expect(withShownFrames(packets, index([-40, 0, 40]))?.presented).toEqual(Float64Array.of(0, 40));
    expect(withShownFrames(packets, index([-40]))).toBeNull();
  });
});
