import { expect, test } from 'vitest';
import { audioArgs, measureArgs, silenceArgs } from '../../../src/ffmpeg/audio-args.ts';

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
const work = { source: { path: '/in.ts', demuxer: 'mpegts' }, audio };
const path = ({ name }: { name: string }) => `/job/${name}.m4a`;
const graphOf = (args: string[]) => args[args.indexOf('-filter_complex') + 1] ?? '';
const retimed =
  '[0:3]asetpts=PTS-(1.4)/TB,aresample=48000:async=1:first_pts=0,aformat=sample_fmts=fltp:channel_layouts=stereo';

test('what is measured is what will be heard: same clock, same channels, same length', () => {
  expect(graphOf(measureArgs(work))).toBe(`${retimed},atrim=end=20.02,ebur128=peak=true:framelog=verbose[out]`);
});

test('one decode makes every track: gain, silence to the end, cut to the picture', () => {
  const args = audioArgs(work, { gainDb: 5.8, limit: false }, path);
  expect(graphOf(args)).toBe(
    `${retimed},volume=5.8dB:precision=float,apad,atrim=end=20.02,ebur128=peak=true:framelog=verbose,asplit=2[out0][out1]`,
  );
  expect(args.filter((arg) => arg === '-i')).toHaveLength(1);
  expect(args.join(' ')).toMatch(
    /-map \[out0\] -c:a aac -b:a 128k .*-f mp4 \/job\/aac_128k\.m4a -map \[out1\] -c:a aac -b:a 64k/,
  );
});

test('the limiter works at four times the rate, below the ceiling, and its look-ahead is taken away', () => {
  expect(graphOf(audioArgs(work, { gainDb: 0, limit: true }, path))).toContain(
    'apad,aresample=192000,alimiter=level=disabled:limit=0.7943:attack=5:release=50,aresample=48000,atrim=start_sample=240,asetpts=PTS-STARTPTS,atrim=end=20.02',
  );
});

test('a stream in which nothing can be decoded becomes silence, without an input', () => {
  const args = silenceArgs(audio, path);
  expect(args).not.toContain('-i');
  expect(graphOf(args)).toBe('anullsrc=r=48000:cl=stereo,atrim=end=20.02,asplit=2[out0][out1]');
});
