import { afterAll, beforeAll, describe } from 'vitest';
import { oldTools, testTools } from '../../support/clips.ts';
import { numbersFrom } from '../../support/exact.ts';
import { createTestContext, type TestContext } from '../../support/job-context.ts';
import { packBFrames } from '../../support/packed-avi.ts';
import { type SourceCase, testSources } from '../../support/source-cases.ts';
import { aac, h264, h264OpenGop, hevcOpenGop, mpeg2, mpeg4, timedBy, vpxAltRef } from '../../support/sources.ts';

const mp2 = ['-c:a', 'mp2', '-b:a', '64k'];
const frames = 250;
const fragmented = '+frag_keyframe+empty_moov+default_base_moof';

/** Both builds: what encodes open here is a remux, or has no index, or was cut. */
const both: SourceCase[] = [
  {
    ...{ property: 'MPEG-TS whose clock wraps (33 bits)', extension: 'ts', frames, video: h264(50), audio: aac },
    ...{ output: ['-output_ts_offset', '95438'], remuxed: true },
  },
  {
    ...{ property: 'MPEG-TS that begins in the middle of an open GOP', extension: 'ts', frames: 300 },
    ...{ video: h264OpenGop(48), shown: numbersFrom(96, 300), remuxed: true },
    remove: { at: 0, bytes: 130 * 188 },
  },
  {
    // No packet tells how long its frame stays, the last one neither.
    ...{ property: 'MPEG-TS of variable frame rate without B-frames', extension: 'ts', frames, remuxed: true },
    ...{ video: h264(50, { bframes: 0 }), filter: timedBy('N/25+mod(N*7,13)*0.002') },
  },
  { property: 'HEVC in MPEG-TS, open GOPs', extension: 'ts', frames, video: hevcOpenGop(48), remuxed: true },
  {
    ...{ property: 'MPEG-2 program stream', extension: 'mpg', frames, video: mpeg2(15), audio: mp2, remuxed: true },
  },
  {
    ...{ property: 'MPEG-1 program stream', extension: 'mpg', frames, audio: mp2, remuxed: true, converted: true },
    video: ['-c:v', 'mpeg1video', '-bf', '2', '-g', '15', '-b:v', '300k'],
  },
  {
    ...{ property: 'AVI without presentation times', extension: 'avi', frames, video: mpeg4(2), audio: mp2 },
    ...{ segments: 1, warnings: ['times_reconstructed', 'single_segment'], converted: true },
  },
  {
    ...{ property: 'AVI with packed B-frames', extension: 'avi', frames, video: mpeg4(2), damage: packBFrames },
    ...{ segments: 1, warnings: ['times_reconstructed', 'single_segment'], converted: true },
  },
  {
    ...{ property: 'H.264 with B-frames in AVI', extension: 'avi', frames, video: h264(50) },
    ...{ segments: 1, warnings: ['times_reconstructed', 'single_segment'] },
  },
  {
    ...{ property: 'fragmented MP4 without a global index', extension: 'mp4', frames, video: h264(50), audio: aac },
    ...{ output: ['-movflags', `${fragmented}+skip_trailer`], remuxed: true },
  },
  { property: 'FLV with H.264', extension: 'flv', frames, video: h264(50), audio: aac, remuxed: true },
];

const once: SourceCase[] = [
  {
    ...{ property: 'MPEG-TS with 192-byte packets', extension: 'm2ts', frames, video: h264(50), remuxed: true },
    audio: ['-c:a', 'ac3'],
  },
  {
    ...{ property: 'MPEG-2 in a VOB', extension: 'vob', frames, video: mpeg2(15), remuxed: true },
    audio: ['-c:a', 'ac3'],
  },
  {
    ...{ property: 'MPEG-4 in AVI, one frame a chunk', extension: 'avi', frames, video: mpeg4(0), audio: mp2 },
    converted: true,
  },
  {
    ...{ property: 'MKV without duration and cues', extension: 'mkv', frames, video: h264(50), audio: aac },
    output: ['-live', '1'],
  },
  {
    ...{ property: 'WebM without duration and cues', extension: 'webm', frames, video: vpxAltRef('libvpx', 60) },
    ...{ output: ['-live', '1'], converted: true },
  },
  {
    ...{ property: 'fragmented MP4', extension: 'mp4', frames, video: h264(50), remuxed: true },
    output: ['-movflags', fragmented],
  },
  {
    ...{ property: 'FLV with Sorenson Spark', extension: 'flv', frames, remuxed: true, converted: true },
    ...{ video: ['-c:v', 'flv1', '-g', '50', '-b:v', '300k'] },
    audio: ['-c:a', 'libmp3lame', '-ar', '44100'],
  },
  {
    ...{ property: '3GP with H.263', extension: '3gp', frames, size: '176x144', audio: aac, converted: true },
    video: ['-c:v', 'h263', '-g', '50', '-b:v', '300k'],
  },
  { property: '3GP with H.264', extension: '3gp', frames, video: h264(50), audio: aac },
  {
    ...{ property: 'MXF with MPEG-2', extension: 'mxf', frames, remuxed: true },
    video: ['-c:v', 'mpeg2video', '-bf', '2', '-g', '12', '-b:v', '1M'],
  },
  {
    ...{ property: 'MXF with DNxHR', extension: 'mxf', frames: 50, fps: '30000/1001', size: '256x120', remuxed: true },
    ...{ pixelFormat: 'yuv422p', video: ['-c:v', 'dnxhd', '-profile:v', 'dnxhr_lb'], converted: true },
  },
  {
    ...{ property: 'fragmented MOV with ProRes', extension: 'mov', frames: 50, fps: '30000/1001', remuxed: true },
    ...{ pixelFormat: 'yuv422p10le', video: ['-c:v', 'prores_ks', '-profile:v', '1'], converted: true },
    output: ['-movflags', 'frag_keyframe+empty_moov'],
  },
  {
    ...{ property: 'WMV', extension: 'wmv', frames, audio: ['-c:a', 'wmav2'], remuxed: true, converted: true },
    video: ['-c:v', 'wmv2', '-g', '50', '-b:v', '300k'],
  },
  {
    ...{ property: 'Ogg with Theora', extension: 'ogv', frames, audio: ['-c:a', 'libvorbis'], remuxed: true },
    ...{ video: ['-c:v', 'libtheora', '-q:v', '7', '-g', '32'], converted: true },
  },
];

describe.each([
  { build: 'this machine’s ffmpeg', tools: testTools, cases: [...both, ...once] },
  { build: 'the old ffmpeg', tools: oldTools, cases: both },
])('with $build', ({ tools, cases }) => {
  let context: TestContext;
  beforeAll(async () => {
    context = await createTestContext({ tools: await tools() });
  });
  afterAll(() => context.close());

  testSources(() => context, cases);
});
