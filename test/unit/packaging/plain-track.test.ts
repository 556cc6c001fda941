import { expect, test } from 'vitest';
import { readPlainTrack } from '../../../src/packaging/plain-track.ts';
import { box, fullBox, join, u16, u32 } from '../../support/mp4-boxes.ts';

/** A plain file of `sizes` samples, of `runs` of [count, duration], at 48 kHz; the movie counts in ms. */
const file = (runs: [number, number][], sizes: number, edits: [number, number][] = []) =>
  join(
    box('ftyp', u32(1)),
    box('mdat', u32(1, 2, 3)),
    box(
      'moov',
      fullBox('mvhd', 0, 0, u32(0, 0, 1000, 0)),
      box(
        'trak',
        fullBox('tkhd', 0, 3, u32(0, 0, 7, 0)),
        box('edts', fullBox('elst', 0, 0, u32(edits.length), ...edits.map((edit) => join(u32(...edit), u16(1, 0))))),
        box(
          'mdia',
          fullBox('mdhd', 0, 0, u32(0, 0, 48_000, 96_000)),
          fullBox('hdlr', 0, 0, u32(0, 0x736f756e)),
          box(
            'minf',
            box(
              'stbl',
              fullBox('stts', 0, 0, u32(runs.length), ...runs.map((run) => u32(...run))),
              fullBox('stsz', 0, 0, u32(0, sizes)),
            ),
          ),
        ),
      ),
    ),
  );

test('counts samples and reads what the edit list presents', () => {
  const plain = readPlainTrack(
    file(
      [
        [94, 1024],
        [1, 768],
      ],
      95,
      [[2000, 1024]],
    ),
  );
  expect(plain).toMatchObject({ handler: 'soun', timescale: 48_000, duration: 96_000, samples: 95 });
  expect(plain).toMatchObject({ editMediaTime: 1024, sampleDuration: 97_024, presentedDuration: 96_000 });
});
test('an empty edit delays, and without a length the rest is presented', () => {
  expect(
    readPlainTrack(
      file([[10, 1024]], 10, [
        [500, -1],
        [0, 1024],
      ]),
    ),
  ).toMatchObject({ editDelay: 24_000, presentedDuration: 24_000 + 9 * 1024 });
  expect(readPlainTrack(file([[10, 1024]], 10))).toMatchObject({ editMediaTime: 0, presentedDuration: 10_240 });
});
test('throws where times and sizes do not agree, and where a table is cut off', () => {
  expect(() => readPlainTrack(file([[10, 1024]], 9))).toThrow('OUTPUT_DAMAGED');
  expect(() => readPlainTrack(file([[10, 1024]], 10).subarray(0, -30))).toThrow('OUTPUT_DAMAGED');
});
