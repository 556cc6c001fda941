import { afterAll, beforeAll } from 'vitest';
import { createTestContext, type TestContext } from '../../support/job-context.ts';
import { type SourceCase, testSources } from '../../support/source-cases.ts';
import { h264, mpeg4, vpxAltRef } from '../../support/sources.ts';

let context: TestContext;
beforeAll(async () => {
  context = await createTestContext();
});
afterAll(() => context.close());

const svt = ['-c:v', 'libsvtav1', '-preset', '12', '-g', '50'];

const cases: SourceCase[] = [
  {
    ...{ property: 'MOV with ProRes', extension: 'mov', frames: 120, pixelFormat: 'yuv422p10le', converted: true },
    video: ['-c:v', 'prores_ks', '-profile:v', '0'],
  },
  {
    ...{ property: 'MOV with MJPEG', extension: 'mov', frames: 120, pixelFormat: 'yuvj420p', converted: true },
    video: ['-c:v', 'mjpeg', '-q:v', '3'],
  },
  {
    ...{
      property: 'MOV with PNG and transparency',
      extension: 'mov',
      frames: 100,
      pixelFormat: 'rgba',
      converted: true,
    },
    ...{ video: ['-c:v', 'png'], warnings: ['alpha_flattened'] },
  },
  {
    ...{ property: 'MOV with DNxHR', extension: 'mov', frames: 110, size: '256x120', converted: true },
    ...{ pixelFormat: 'yuv422p', video: ['-c:v', 'dnxhd', '-profile:v', 'dnxhr_lb'] },
  },
  { property: 'H.264 with intra refresh', extension: 'mp4', frames: 250, video: h264(60, { 'intra-refresh': 1 }) },
  {
    ...{ property: 'H.264 with recovery points', extension: 'mp4', frames: 250 },
    video: h264(50, { 'open-gop': 1, bframes: 3, 'bluray-compat': 1, 'b-pyramid': 'strict' }),
  },
  { property: 'VP9 in MP4', extension: 'mp4', frames: 250, video: vpxAltRef('libvpx-vp9', 60) },
  {
    ...{ property: 'VP9 with hidden frames apart', extension: 'webm', frames: 250, video: vpxAltRef('libvpx-vp9', 60) },
    passes: [{ output: ['-bsf:v', 'vp9_superframe_split'] }],
  },
  { property: 'AV1 in MP4', extension: 'mp4', frames: 150, size: '128x72', video: svt },
  { property: 'AV1 in MKV', extension: 'mkv', frames: 150, size: '128x72', video: svt },
  {
    ...{ property: 'AV1 with hidden frames', extension: 'mp4', frames: 110 },
    video: ['-c:v', 'libaom-av1', '-cpu-used', '8', '-g', '50', '-lag-in-frames', '19'],
  },
  {
    ...{ property: 'MPEG-4 with quarter pixels', extension: 'mp4', frames: 250, converted: true },
    video: [...mpeg4(2), '-flags', '+qpel'],
  },
  {
    ...{ property: 'XviD with global motion and quarter pixels', extension: 'avi', frames: 150, converted: true },
    ...{ size: '176x144', video: ['-c:v', 'libxvid', '-g', '50', '-gmc', '1', '-flags', '+qpel', '-b:v', '300k'] },
  },
];

testSources(() => context, cases);
