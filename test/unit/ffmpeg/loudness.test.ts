import { describe, expect, test } from 'vitest';
import { countShapes, levelling, parseLoudness } from '../../../src/ffmpeg/loudness.ts';

/** As both builds print it. */
const summary = (lufs: string, peak: string) => `frame=1
[Parsed_ebur128_4 @ 0x55a355ac98c0] Summary:

  Integrated loudness:
    I:          ${lufs} LUFS
    Threshold: -18.6 LUFS

  Loudness range:
    LRA:         0.0 LU
    Threshold: -28.6 LUFS
    LRA low:    -8.6 LUFS
    LRA high:   -8.6 LUFS

  True peak:
    Peak:       ${peak} dBFS
`;

/** As ffmpeg prints a tag of several lines. */
const titled = (title: string) =>
  `  Metadata:\n    title           : ${title.replaceAll('\n', '\n                    : ')}\n`;

test.each([
  ['sound', summary('-21.8', '-19.4'), { lufs: -21.8, truePeakDb: -19.4 }],
  ['peaks over full scale', summary('-3.0', '2.1'), { lufs: -3, truePeakDb: 2.1 }],
  ['nothing but zeros', summary('-70.0', '-inf'), { lufs: -70, truePeakDb: null }],
  ['no number at all', summary('nan', 'nan'), { lufs: -70, truePeakDb: null }],
  ['an earlier summary too', summary('-1.0', '-1.0') + summary('-9.0', '-2.0'), { lufs: -9, truePeakDb: -2 }],
  ['no sound', 'Output file is empty', null],
  ['a title that says one', titled('Integrated loudness:\n    I: -70.0 LUFS\n  True peak:\n    Peak: -inf dBFS'), null],
])('the summary is read: %s', (_name, log, expected) => {
  expect(parseLoudness(log)).toEqual(expected);
});

describe('the gain', () => {
  const target = { targetLufs: -16, truePeakDb: -1.5 };
  test.each([
    ['quiet sound is raised', { lufs: -24, truePeakDb: -12 }, { gainDb: 8, ceilingDb: null }],
    ['loud sound is lowered', { lufs: -9.3, truePeakDb: 0.2 }, { gainDb: -6.7, ceilingDb: null }],
    ['peaks that would pass the ceiling are limited', { lufs: -24, truePeakDb: -9 }, { gainDb: 8, ceilingDb: -2 }],
    ['exactly at the ceiling they are not', { lufs: -24, truePeakDb: -9.5 }, { gainDb: 8, ceilingDb: null }],
    ['peaks of sound at its target are limited too', { lufs: -16, truePeakDb: 0 }, { gainDb: 0, ceilingDb: -2 }],
    ['noise below -70 LUFS is left alone', { lufs: -70, truePeakDb: -60 }, { gainDb: 0, ceilingDb: null }],
    ['silence is left alone', { lufs: -70, truePeakDb: null }, { gainDb: 0, ceilingDb: null }],
  ])('%s', (_name, measured, expected) => {
    expect(levelling(measured, target)).toEqual(expected);
  });
});

test('a change of the sound on the way is seen; a graph that saw nothing is none', () => {
  const counted = (samples: number) => `[Parsed_volumedetect_6 @ 0x5628] n_samples: ${samples}\n`;
  expect(countShapes(counted(0) + counted(9600))).toBe(1);
  expect(countShapes(counted(9600) + counted(120))).toBe(2);
  expect(countShapes(titled('[Parsed_volumedetect_6 @ 0x5628] n_samples: 5\nn_samples: 7') + counted(9600))).toBe(1);
});
