import { afterAll, beforeAll } from 'vitest';
import { numbersFrom } from '../../support/exact.ts';
import { createTestContext, type TestContext } from '../../support/job-context.ts';
import { type SourceCase, testSources } from '../../support/source-cases.ts';
import { aac, h264, h264OpenGop, hevcOpenGop, timedBy } from '../../support/sources.ts';

let context: TestContext;
beforeAll(async () => {
  context = await createTestContext();
});
afterAll(() => context.close());

const copy = (input: string[], output: string[] = []) => ({ input, output });

const cases: SourceCase[] = [
  {
    ...{ property: 'variable frame rate: a screen recording, bursts and long holds', extension: 'mp4', frames: 100 },
    // 20 pictures at 50 a second, then nothing for 5 s: an interval of the grid without any
    ...{ video: h264(40), filter: timedBy('floor(N/20)*5.4+mod(N,20)/50'), segments: 5 },
    output: ['-video_track_timescale', '90000'],
  },
  {
    ...{ property: 'variable frame rate: a phone, every frame a little off', extension: 'mov', frames: 300 },
    ...{ video: h264(30), filter: timedBy('N/30+mod(N*7,13)*0.001'), audio: aac },
    output: ['-video_track_timescale', '90000'],
  },
  {
    ...{ property: 'start above zero, MKV', extension: 'mkv', frames: 250, audio: aac },
    output: ['-output_ts_offset', '7.3'],
  },
  {
    ...{ property: 'start above zero, MP4 (an empty edit)', extension: 'mp4', frames: 250, audio: aac },
    passes: [copy(['-itsoffset', '1.5'])],
  },
  {
    ...{ property: 'start below zero, MP4', extension: 'mp4', frames: 250, shown: numbersFrom(50, 250) },
    output: ['-output_ts_offset', '-2', '-avoid_negative_ts', 'disabled'],
  },
  {
    property: 'decode times below zero',
    extension: 'mp4',
    frames: 250,
    output: ['-movflags', '+negative_cts_offsets'],
  },
  { property: 'B-frames without an edit list', extension: 'mp4', frames: 250, output: ['-use_editlist', '0'] },
  {
    ...{ property: 'trimmed at its beginning, in the middle of a GOP', extension: 'mp4', frames: 300, audio: aac },
    ...{ shown: numbersFrom(38, 300), passes: [copy(['-ss', '1.5'])] },
  },
  {
    ...{ property: 'trimmed at its beginning and its end, MOV', extension: 'mov', frames: 300 },
    ...{ shown: numbersFrom(93, 272), passes: [copy(['-ss', '3.72'], ['-t', '7.08'])] },
  },
  {
    ...{ property: 'trimmed twice', extension: 'mp4', frames: 400 },
    ...{ shown: numbersFrom(101, 400), passes: [copy(['-ss', '1.5']), copy(['-ss', '2.5'])] },
  },
  {
    ...{ property: 'trimmed in an open GOP', extension: 'mp4', frames: 300, video: h264OpenGop(48) },
    ...{ shown: numbersFrom(93, 300), passes: [copy(['-ss', '3.7'])] },
  },
  {
    ...{ property: 'trimmed in an open GOP, HEVC', extension: 'mp4', frames: 300, video: hevcOpenGop(48) },
    ...{ shown: numbersFrom(93, 300), passes: [copy(['-ss', '3.7'])] },
  },
  { property: '29.97 fps in milliseconds', extension: 'mkv', frames: 250, fps: '30000/1001' },
  { property: '23.976 fps', extension: 'mp4', frames: 200, fps: '24000/1001' },
  { property: '1 fps', extension: 'mp4', frames: 12, fps: 1 },
  { property: '50 fps', extension: 'mp4', frames: 450, fps: 50 },
  { property: '60 fps', extension: 'mp4', frames: 450, fps: 60 },
  { property: '120 fps', extension: 'mp4', frames: 700, fps: 120, video: h264(240) },
  { property: '240 fps', extension: 'mp4', frames: 1_100, fps: 240, video: h264(480) },
  {
    ...{ property: '1000 fps, where no policy caps it', extension: 'mkv', frames: 4_200, fps: 1_000 },
    ...{ video: h264(500), policy: { maxFrameRate: 1_000 } },
  },
  { property: 'one frame', extension: 'mp4', frames: 1 },
  { property: 'one frame in MKV', extension: 'mkv', frames: 1 },
  { property: 'two frames', extension: 'mp4', frames: 2 },
];

testSources(() => context, cases);
