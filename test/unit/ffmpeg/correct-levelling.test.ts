import { describe, expect, test } from 'vitest';
import { type Attempt, best, corrected } from '../../../src/ffmpeg/correct-levelling.ts';
import type { Levelling } from '../../../src/ffmpeg/loudness.ts';

const target = { targetLufs: -16, truePeakDb: -1.5 };
const measured = { lufs: -24, truePeakDb: -6 };
const made = (gainDb: number, lufs: number, more: Partial<Attempt> = {}): Attempt => ({
  ...{ gainDb, lufs, ceilingDb: -2, truePeakDb: -1.8, ...more },
});

describe('the levelling is corrected', () => {
  const first = made(8, -17.5);
  test.each<[string, Attempt[], Levelling | null]>([
    ['not where it came out right', [made(8, -16.2)], null],
    ['not of silence', [made(0, -70, { ceilingDb: null, truePeakDb: null })], null],
    ['by what is missing', [first], { gainDb: 9.5, ceilingDb: -2 }],
    ['by 10 dB at the most', [made(8, -28)], { gainDb: 18, ceilingDb: -2 }],
    ['by more where a dB gives less', [first, made(9.5, -16.75)], { gainDb: 11, ceilingDb: -2 }],
    ['and no further than 10 dB', [made(8, -26), made(18, -22)], null],
    ['and left where it did nothing', [made(8, -18.5, { truePeakDb: -1.7 }), made(10.5, -18.4)], null],
    ['but near the target it is tried', [made(8, -17), made(9, -16.9)], { gainDb: 11.7, ceilingDb: -2 }],
    ['and not within what is promised', [made(8, -16.45), made(8.55, -16.4)], null],
    [
      'by a higher ceiling where gain did nothing',
      [made(8, -18.5, { truePeakDb: -2 }), made(10.5, -18.4, { truePeakDb: -2 })],
      { gainDb: 8.5, ceilingDb: -1.5 },
    ],
    [
      'below the one that was too high',
      [made(8, -18.5, { truePeakDb: -2 }), made(10.5, -18.4), made(8.5, -18, { ceilingDb: -1.5, truePeakDb: -1.4 })],
      { gainDb: 8.3, ceilingDb: -1.7 },
    ],
    ['by a higher ceiling where peaks are low', [made(8, -17.5, { truePeakDb: -3 })], { gainDb: 9.5, ceilingDb: -1.5 }],
    [
      'by a ceiling that is little lower where there is one to keep',
      [made(8, -16.6), made(8.6, -16.4, { truePeakDb: -0.4 })],
      { gainDb: 10.3, ceilingDb: -2.25 },
    ],
    ['and left where it was right', [first, made(9.5, -16.2)], null],
    ['and not for ever', [first, made(9.5, -17), made(12, -16.6), made(14, -16.5), made(15, -16.4)], null],
    ['back to between, where it was too much', [made(14, -18), made(22, -14)], { gainDb: 18, ceilingDb: -2 }],
    ['down where it is too loud', [made(8, -15.5)], { gainDb: 7.5, ceilingDb: -2 }],
    ['where the encoder took away', [made(2, -16.6, { ceilingDb: null })], { gainDb: 2.6, ceilingDb: null }],
    [
      'by a lower ceiling for peaks of the encoder',
      [made(8, -16, { truePeakDb: -1.2 })],
      { gainDb: 8, ceilingDb: -2.4 },
    ],
    [
      'by a limiter where there was none',
      [made(4, -16, { ceilingDb: null, truePeakDb: -1.3 })],
      { gainDb: 4, ceilingDb: -1.8 },
    ],
    ['in both at once', [made(8, -17, { truePeakDb: -1.4 })], { gainDb: 9, ceilingDb: -2.2 }],
    [
      'in loudness after a lower ceiling, as at first',
      [made(8, -16.2, { truePeakDb: -1.2 }), made(8, -16.4, { ceilingDb: -2.4 })],
      { gainDb: 8.4, ceilingDb: -2.4 },
    ],
  ])('%s', (_name, attempts, expected) => {
    expect(corrected(attempts, measured, target)).toEqual(expected);
  });
});

test.each<[string, Attempt[], number]>([
  ['the one nearest to the target', [made(8, -17.5), made(9.5, -16.2)], 1],
  ['not one whose peaks are too high', [made(8, -17.5), made(9.5, -16.2, { truePeakDb: -1.4 })], 0],
  ['of those too high the least', [made(8, -16, { truePeakDb: -0.5 }), made(8, -17, { truePeakDb: -1.4 })], 1],
  ['not more gain for next to nothing', [made(8, -18), made(9.5, -17.9)], 0],
  ['but what is promised', [made(8, -16.6), made(9.5, -16.5)], 1],
  ['the first of equals', [made(8, -16.6), made(8, -16.6)], 0],
])('kept is %s', (_name, attempts, expected) => {
  expect(best(attempts, measured, target)).toBe(expected);
});
