import { fc, test as property } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { frameIndex, packetIndex } from '../../../src/ffmpeg/parse-index.ts';
import { sourceIndex } from '../../../src/plan/source-index.ts';

const options = { timeBase: { numerator: 1, denominator: 1000 }, frameDuration: 40 };

function indexOf(lines: string[]) {
  const index = packetIndex(options);
  for (const line of lines) index.add(line);
  return index;
}

const times = (presented: number[], pts: number[], dts: number[]) => ({
  presented: Float64Array.from(presented),
  keyframes: { pts: Float64Array.from(pts), dts: Float64Array.from(dts) },
});

const packet = (pts: number | null, dts: number | null, flags: string, duration: number | null = 40) =>
  `pts=${pts ?? 'N/A'}|dts=${dts ?? 'N/A'}|duration=${duration ?? 'N/A'}|flags=${flags}`;

test('frames come in order of presentation, keyframes with both times', () => {
  const lines = [packet(0, -80, 'K_'), packet(120, -40, '__'), packet(40, 0, '__'), packet(80, 40, '__')];
  const keyframes = { pts: [0], dts: [-80] };
  expect(indexOf(lines).result()).toEqual(
    sourceIndex({ timeBase: options.timeBase, trustworthy: true, presented: [0, 40, 80, 120], end: 160, keyframes }),
  );
});

test('what an edit list cuts away is not presented, but decoding may begin there', () => {
  const lines = [packet(-80, -80, 'KD'), packet(-40, -40, '_D'), packet(0, 0, '__'), packet(40, 40, '_D')];
  expect(indexOf(lines).result()).toMatchObject(times([0], [-80], [-80]));
});

test('nothing is presented before the first keyframe, in the file or in time', () => {
  const lines = [packet(10, 0, '__'), packet(120, 40, 'K_'), packet(80, 80, '__'), packet(160, 120, '__')];
  expect(indexOf(lines).result()).toMatchObject(times([120, 160], [120], [40]));
});

test('side data does not disturb; newer builds write more flags', () => {
  const lines = [`${packet(0, 0, 'K__')}|side_data_type=Skip Samples|`, '', 'side_data_type=x', packet(40, 40, '___')];
  expect(indexOf(lines).result()).toMatchObject(times([0, 40], [0], [0]));
});

test('encrypted packets are refused', () => {
  const line = `${packet(0, 0, 'K_')}|side_data_type=Encryption info`;
  expect(() => indexOf([line])).toThrowError(expect.objectContaining({ code: 'INPUT_ENCRYPTED' }));
});

test('Matroska tells no dts of its first frames: the first that it tells is early enough', () => {
  const lines = [packet(0, null, 'K_'), packet(80, null, '__'), packet(40, 0, '__'), packet(160, 40, 'K_')];
  expect(indexOf(lines).result()).toMatchObject(times([0, 40, 80, 160], [0, 160], [0, 40]));
});

test.each([
  ['told', [packet(0, 0, 'K_'), packet(30, 30, '__', 25)], 55],
  ['told, longer', [packet(0, 0, 'K_'), packet(40, 40, '__', 55)], 95],
  ['told too short for a steady rate', [packet(0, 0, 'K_'), packet(40, 40, '__', 25)], 80],
  ['as the frame before', [packet(0, 0, 'K_'), packet(30, 30, '__', null)], 60],
  ['one frame, by the frame rate', [packet(7, 0, 'K_', 0)], 47],
])('the end of the last frame: %s', (_, lines, end) => {
  expect(indexOf(lines).result()).toMatchObject({ end });
});

test.each([
  ['pts_missing', [packet(0, 0, 'K_'), packet(null, 40, '__')]],
  ['pts_repeated', [packet(0, 0, 'K_'), packet(40, 40, '__'), packet(40, 80, '__')]],
  ['dts_backwards', [packet(0, 100, 'K_'), packet(40, 40, '__')]],
])('times that cannot be trusted: %s', (distrust, lines) => {
  expect(indexOf(lines).result()).toEqual({ distrust });
});

test('a time that comes twice is one frame of a damaged source', () => {
  const lines = [packet(0, 0, 'K_'), packet(40, 40, '__'), packet(40, 80, '__'), packet(120, 120, '__')];
  expect(indexOf(lines).result({ damaged: true })).toMatchObject(times([0, 40, 120], [0], [0]));
});

test('no keyframe: no index', () => {
  expect(indexOf([packet(0, 0, '__')]).result()).toBeNull();
});

property.prop([fc.uniqueArray(fc.integer({ min: 1, max: 1_000_000 }), { minLength: 1 })])(
  'every distinct time after the keyframe is presented, in order, whatever order the file has',
  (times) => {
    const lines = [packet(0, 0, 'K_'), ...times.map((pts, position) => packet(pts, position + 1, '__'))];
    expect(indexOf(lines).result()).toMatchObject({ presented: Float64Array.of(0, ...times).sort() });
  },
);

test('a decode pass gives times to frames that have none, and drops what comes twice', () => {
  const index = frameIndex(options);
  for (const time of ['0', '40', '40', 'N/A', '120', 'N/A']) index.add(`best_effort_timestamp=${time}|pkt_duration=40`);
  index.add('side_data_type=x');
  expect(index.result()).toMatchObject({
    ...times([0, 40, 80, 120, 160], [], []),
    end: 200,
    trustworthy: false,
  });
});

test('a decode pass tells how many times are guessed', () => {
  const index = frameIndex(options);
  for (const [own, told] of [
    [0, 0],
    [40, 40],
    [60, 80],
    [120, 120],
  ]) {
    index.add(`best_effort_timestamp=${told}|pts=${own}|duration=40`);
  }
  expect(index.guessed()).toBe(0.25);
  expect(index.latest()).toBe(120);
});

test('a decode pass without any time gives no index', () => {
  const index = frameIndex(options);
  index.add('best_effort_timestamp=N/A|duration=1');
  expect(index.result()).toBeNull();
});
