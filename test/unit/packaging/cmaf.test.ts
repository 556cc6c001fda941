import { describe, expect, test } from 'vitest';
import { readFrames, readTrack, splitCmaf } from '../../../src/packaging/cmaf.ts';
import { box, fullBox, init, join, moof, u32, u64 } from '../../support/mp4-boxes.ts';

const nonSync = 0x10000;
/** duration, size, flags and offset for each sample */
const fullRun = (version: 0 | 1, ...samples: [number, number, number, number][]) =>
  fullBox('trun', version, 0xf01, u32(samples.length, 0), ...samples.map((sample) => u32(...sample)));
const times = (file: Uint8Array, header = init()) => readFrames(header, file).frames.map(({ pts, dts }) => [pts, dts]);

describe('splitCmaf', () => {
  test('keeps init and media, in order, and drops everything else', () => {
    const media = [moof(0, []), box('mdat', u32(1)), moof(9, []), box('mdat', u32(2, 3))];
    const [first = media[0], second, third, fourth] = media;
    const parts = [init(), box('styp'), first, second, box('sidx'), third, fourth, box('mfra', u32(7))];
    const split = splitCmaf(join(...parts.filter((part) => part !== undefined)));
    expect(split.init).toEqual(init());
    expect(split.media).toEqual(join(...media));
  });
  test('reads a box of 64-bit size, and one that goes to the end', () => {
    const large = join(u32(1), new Uint8Array(Buffer.from('mdat')), u64(20), u32(5));
    const last = join(u32(0), new Uint8Array(Buffer.from('mdat')), u32(6));
    expect(splitCmaf(join(init(), large, last)).media).toEqual(join(large, last));
  });
  test('throws OUTPUT_DAMAGED for a file without a header, and for every length at which one is cut off', () => {
    expect(() => splitCmaf(box('mdat', u32(1)))).toThrow('OUTPUT_DAMAGED');
    const file = join(init(), moof(0, [fullRun(1, [1, 1, 0, 0])]), box('mdat', u32(1)));
    const whole = [init().length, file.length - 12, file.length];
    for (let length = 0; length < file.length; length++) {
      const part = file.subarray(0, length);
      if (!whole.includes(length)) expect(() => splitCmaf(part), `${length} bytes`).toThrow('OUTPUT_DAMAGED');
    }
  });
});

describe('readFrames', () => {
  test('takes times, sizes and keys from the run', () => {
    const media = moof(500, [fullRun(1, [10, 100, 0, 0], [20, 200, nonSync, -5], [10, 300, nonSync, 30])]);
    expect(readFrames(init(), media)).toEqual({
      timescale: 90_000,
      frames: [
        { pts: 500, dts: 500, duration: 10, key: true, bytes: 100 },
        { pts: 505, dts: 510, duration: 20, key: false, bytes: 200 },
        { pts: 560, dts: 530, duration: 10, key: false, bytes: 300 },
      ],
    });
  });
  test('offsets of version 0 are not negative', () => {
    expect(times(moof(0, [fullRun(0, [1, 1, 0, 0xffffffff])]))).toEqual([[0xffffffff, 0]]);
  });
  test('goes on over several runs, fragments and boxes between them', () => {
    const runs = [fullRun(1, [10, 1, 0, 0]), fullRun(1, [10, 1, nonSync, 0])];
    const media = join(box('styp'), moof(0, runs), box('mdat', u32(1)), moof(2 ** 33, runs));
    expect(times(media).map(([pts]) => pts)).toEqual([0, 10, 2 ** 33, 2 ** 33 + 10]);
  });
  test('falls back to the fragment, then to the track; the first sample has flags of its own', () => {
    const bare = fullBox('trun', 0, 0x4, u32(2, 0));
    const header = init({ trex: [7, 70, nonSync] });
    const own = fullBox('tfhd', 0, 0x2003b, u32(1, 0, 0, 1, 8, 80, nonSync));
    const frame = { key: false, bytes: 70 };
    expect(readFrames(header, moof(0, [bare])).frames).toMatchObject([
      { dts: 0, key: true, bytes: 70 },
      { ...frame, dts: 7 },
    ]);
    expect(readFrames(header, moof(0, [bare], own)).frames).toMatchObject([
      { dts: 0, key: true, bytes: 80 },
      { dts: 8, key: false, bytes: 80 },
    ]);
  });
  test('applies the edit list: what is cut off in front, and the delay of empty edits', () => {
    const media = moof(90, [fullRun(1, [10, 1, 0, 0])]);
    expect(times(media, init({ edits: [[0, 90]] }))).toEqual([[0, 90]]);
    // 500 and 250 of 1000 a second are 67500 of 90000.
    const delayed = init({
      edits: [
        [500, -1],
        [250, -1],
        [0, 30],
      ],
    });
    expect(times(media, delayed)).toEqual([[67_560, 90]]);
    expect(readTrack(delayed)).toMatchObject({ editMediaTime: 30, editDelay: 67_500, editDuration: null });
  });
  test('another track is not read', () => {
    const other = fullBox('tfhd', 0, 0x20000, u32(2));
    expect(times(moof(0, [fullRun(1, [1, 1, 0, 0])], other))).toEqual([]);
  });
  test.each([
    ['a run that claims more samples than it has', moof(0, [fullBox('trun', 0, 0x100, u32(9, 1))])],
    ['a run that claims samples without any field', moof(0, [fullBox('trun', 0, 0, u32(0xffffffff))])],
    ['a fragment without a time', box('moof', box('traf', fullBox('tfhd', 0, 0, u32(1))))],
    ['a fragment without a header', box('moof', box('traf'))],
    ['a time beyond what is exact', moof(2 ** 60, [])],
    ['a box that is longer than its parent', box('moof', u32(100, 0x74726166))],
  ])('throws for %s', (_name, media) => {
    expect(() => readFrames(init(), media)).toThrow('OUTPUT_DAMAGED');
  });
  test.each([
    ['two tracks', join(box('moov', box('trak'), box('trak')))],
    ['no time scale', init({ timescale: 0 })],
    [
      'an edit list in two parts',
      init({
        edits: [
          [9, 0],
          [9, 20],
        ],
      }),
    ],
  ])('throws for a header with %s', (_name, header) => {
    expect(() => readTrack(header)).toThrow('OUTPUT_DAMAGED');
  });
});
