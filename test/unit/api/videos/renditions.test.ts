import { expect, test } from 'vitest';
import { renditionBodies } from '../../../../src/api/videos/renditions.ts';

test.each([
  [24.999999999999996, 25],
  [30_000 / 1_001, 29.97],
  [24_000 / 1_001, 23.976],
  [null, null],
])('a frame rate of %s is told as %s', (frameRate, told) => {
  const rung = { name: '720p', codec: 'h264', width: 1280, height: 720, maxrateKbps: 4_000 };
  const planned = { durationSeconds: 1, frameRate, segments: 1, mediaSegmentSeconds: 6, rungs: [rung], audio: [] };
  expect(renditionBodies(planned, [], () => null)).toMatchObject([{ name: 'h264/720p', frame_rate: told }]);
});
