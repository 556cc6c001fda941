import { expect, test } from 'vitest';
import { audioArgs, measureArgs, silenceArgs, steadied, steadyArgs } from '../../../src/ffmpeg/audio-args.ts';
import type { SoundFacts } from '../../../src/ffmpeg/sound-facts.ts';

const audio = {
  ...{ language: null, title: null, isDefault: true },
  streamIndex: 3,
  startSeconds: 1.4,
  durationSeconds: 20.02,
  tracks: [
    { name: 'aac_128k', codec: 'aac' as const, bitrateKbps: 128 },
    { name: 'aac_64k', codec: 'aac' as const, bitrateKbps: 64 },
  ],
  targetLufs: -16,
  truePeakDb: -1.5,
};
const facts: SoundFacts = {
  gaps: [],
  ...{ packets: 100, endSeconds: 99, channels: 2, unclean: false, startSeconds: 1.4, lateSeconds: 0, holes: [] },
};
const work = { source: { path: '/in.ts', demuxer: 'mpegts' }, audio, facts };
const path = ({ name }: { name: string }) => `/job/${name}.m4a`;
const graphOf = (args: string[]) => args[args.indexOf('-filter_complex') + 1] ?? '';
const filled = 'aresample=48000:async=1:min_hard_comp=0.015:first_pts';
const stereo = 'aformat=sample_fmts=fltp:channel_layouts=stereo';
const meter = 'ebur128=peak=true:framelog=verbose';
const measured = `asplit[heard][counted];[counted]volumedetect,anullsink;[heard]${meter}[out]`;
const retimed = `[0:3]asetpts=PTS-(1.4)/TB,atrim=end=20.02,${filled}=0,${stereo}`;

test('what is measured is what will be heard: same clock, same channels, no longer than the picture', () => {
  expect(graphOf(measureArgs(work))).toBe(
    `[0:3]asetpts=PTS-(1.4)/TB,aresample=48000,${stereo},atrim=start=0:end=20.02,${measured}`,
  );
});

test('priming that only iTunSMPB tells is taken from the times too', () => {
  const late = { ...work, facts: { ...facts, lateSeconds: 0.048 } };
  expect(graphOf(measureArgs(late))).toContain('asetpts=PTS-(1.448)/TB');
  expect(graphOf(audioArgs(late, { gainDb: 0, ceilingDb: null }, path))).toContain('asetpts=PTS-(1.448)/TB');
});

test('a long hole ends a piece, which is filled as it is read; a late start is a piece of silence', () => {
  const graph = (changes: Partial<SoundFacts>) =>
    graphOf(audioArgs({ ...work, facts: { ...facts, ...changes } }, { gainDb: 0, ceilingDb: null }, path));
  const tail = `,apad,atrim=end=20.02,asplit=2[out0][out1]`;
  expect(graph({ holes: [{ from: 3.4, to: 16.4 }] })).toBe(
    [
      '[0:3]asetpts=PTS-(1.4)/TB,asplit=2[in0][in1]',
      `[in0]atrim=end=14.5,${filled}=0,${stereo},apad,atrim=end_sample=696000[piece0]`,
      `[in1]atrim=start=14.5:end=20.02,asetpts=PTS-(14.5)/TB,${filled}=0,${stereo}[piece1]`,
      `[piece0][piece1]concat=n=2:v=0:a=1${tail}`,
    ].join(';'),
  );
  expect(graph({ startSeconds: 13.4 })).toContain(
    'asplit=1[in0];anullsrc=r=48000:cl=stereo,aformat=sample_fmts=fltp,apad,atrim=end_sample=552000[piece0];[in0]atrim=start=11.5',
  );
  // Behind the picture's end, and before its start.
  expect(graph({ holes: [{ from: 9.4, to: 99_999 }] })).toBe(`${retimed}${tail}`);
  expect(graph({ startSeconds: -99, holes: [{ from: -90, to: -50 }] })).toBe(`${retimed}${tail}`);
});

test('of channels that no layout names the first two are the mix', () => {
  expect(graphOf(measureArgs({ ...work, facts: { ...facts, channels: 12 } }))).toContain(
    `pan=stereo|c0=c0|c1=c1,${stereo}`,
  );
  expect(graphOf(measureArgs({ ...work, facts: { ...facts, channels: 8 } }))).not.toContain('pan');
});

test('sound that changes its shape goes through a file without loss, at the same times', () => {
  const args = steadyArgs(work, '/job/steady.mkv');
  expect(args.slice(-5)).toEqual(['-c:a', 'pcm_f32le', '-f', 'matroska', '/job/steady.mkv']);
  const holes = [{ from: 5.4, to: 16.4 }];
  const then = steadied({ ...work, facts: { ...facts, startSeconds: 3.4, holes } }, '/job/steady.mkv');
  expect(then.facts).toMatchObject({ startSeconds: 3.4 - 1.4, holes: [{ from: 5.4 - 1.4, to: 16.4 - 1.4 }] });
  expect(graphOf(measureArgs(then))).toBe(
    `[0:0]asetpts=PTS-(0)/TB,aresample=48000,${stereo},atrim=start=0:end=20.02,${measured}`,
  );
});

test('one decode makes every track: gain, silence to the end, cut to the picture', () => {
  const args = audioArgs(work, { gainDb: 5.8, ceilingDb: null }, path);
  expect(graphOf(args)).toBe(`${retimed},volume=5.8dB:precision=float,apad,atrim=end=20.02,asplit=2[out0][out1]`);
  expect(args.filter((arg) => arg === '-i')).toHaveLength(1);
  expect(args.join(' ')).toMatch(
    /-map \[out0\] -c:a aac -b:a 128k .*-f mp4 \/job\/aac_128k\.m4a -map \[out1\] -c:a aac -b:a 64k/,
  );
});

test('the limiter works at four times the rate, below the ceiling, and its look-ahead is taken away', () => {
  expect(graphOf(audioArgs(work, { gainDb: 0, ceilingDb: -2 }, path))).toContain(
    'apad,aresample=192000,alimiter=level=disabled:limit=0.7943:attack=5:release=50,aresample=48000,atrim=start_sample=240,asetpts=PTS-STARTPTS,atrim=end=20.02',
  );
});

test('a stream in which nothing can be decoded becomes silence, without an input', () => {
  const args = silenceArgs(audio, path);
  expect(args).not.toContain('-i');
  expect(graphOf(args)).toBe('anullsrc=r=48000:cl=stereo,atrim=end=20.02,asplit=2[out0][out1]');
});
