import { describe, expect, test } from 'vitest';
import { soundReader } from '../../../src/ffmpeg/sound-facts.ts';

/** As ffprobe writes it: packets, empty lines between, the stream at last. */
const read = (demuxer: string, packets: [pts: number | null, seconds: number, skip?: number][]) => {
  const reader = soundReader(demuxer);
  for (const [pts, seconds, skip] of packets) {
    const side = skip === undefined ? '' : `|skip_samples=${skip}`;
    reader.onLine(`pts_time=${pts ?? 'N/A'}|duration_time=${seconds}${side}`);
    reader.onLine('');
  }
  reader.onLine('sample_rate=48000|channels=6');
  return reader.facts();
};

test('start, end and channels of a track', () => {
  expect(
    read('matroska', [
      [1.5, 0.5],
      [2, 0.5],
      [2.5, 0.25],
    ]),
  ).toEqual({
    ...{
      packets: 3,
      channels: 6,
      unclean: false,
      lateSeconds: 0,
      startSeconds: 1.5,
      endSeconds: 2.75,
      holes: [],
      gaps: [],
    },
  });
});

describe('priming', () => {
  test.each<[string, string, [number, number, number][], number, number]>([
    ['an edit list has taken it from the times already', 'mov', [[-0.02, 0.02, 960]], 0, 0],
    ['iTunSMPB leaves the times as they were', 'mov', [[0, 0.02, 2112]], 0.044, 0],
    ['Opus in Matroska begins before 0', 'matroska', [[-0.0065, 0.02, 312]], 0, 0],
    ['other containers mean what they say', 'matroska', [[0, 0.02, 960]], 0, 0.02],
  ])('%s', (_name, demuxer, packets, late, start) => {
    const facts = read(demuxer, packets);
    expect(facts.lateSeconds).toBeCloseTo(late, 9);
    expect(facts.startSeconds).toBeCloseTo(start, 9);
  });
});

test('only holes of ten seconds are kept, the longest of many, in order of time', () => {
  expect(
    read('matroska', [
      [0, 1],
      [10.9, 1],
      [22, 1],
      [90, 1],
    ]).holes,
  ).toEqual([
    { from: 11.9, to: 22 },
    { from: 23, to: 90 },
  ]);
  const many = Array.from({ length: 100 }, (_, at): [number, number] => [at * 20 + (at === 70 ? 5 : 0), 1]);
  const { holes } = read('matroska', many);
  expect(holes).toHaveLength(32);
  expect(holes).toContainEqual({ from: 1381, to: 1405 });
  expect(holes.map(({ from }) => from)).toEqual(holes.map(({ from }) => from).sort((a, b) => a - b));
});

test('gaps that can be heard are told, also where a packet of MP4 lasts until the end of one', () => {
  const before: [number, number][] = Array.from({ length: 50 }, (_, at) => [at * 0.02, 0.02]);
  expect(read('matroska', [...before, [1.03, 0.02], [2, 0.02]]).gaps).toEqual([{ from: 1.05, to: 2 }]);
  const [gap, ...more] = read('mov', [...before, [1, 1], [2, 0.02]]).gaps;
  expect(more).toEqual([]);
  expect(gap?.from).toBeCloseTo(1.02, 9);
  expect(gap?.to).toBe(2);
});

test('a track without packets, or without times, has neither start nor end', () => {
  const nothing = { startSeconds: null, endSeconds: null, holes: [] };
  expect(read('mov', [])).toMatchObject({ packets: 0, ...nothing });
  expect(read('mov', [[null, 0.02]])).toMatchObject({ packets: 1, ...nothing });
});
