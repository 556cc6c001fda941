import { test as property } from '@fast-check/vitest';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { h264Level } from '../../../src/plan/h264-level.ts';
import { ladderFor } from '../../../src/plan/ladder.ts';
import { standardPolicy } from '../../../src/plan/policy.ts';

const sizes = (width: number, height: number, frameRate: number | null = 30) =>
  ladderFor({ width, height, frameRate }, standardPolicy).map((rung) => `${rung.name} ${rung.width}x${rung.height}`);

test.each([
  ['a common size', 1280, 720, ['240p 426x240', '360p 640x360', '480p 854x480', '720p 1280x720']],
  ['an upright phone', 720, 1280, ['240p 240x426', '360p 360x640', '480p 480x854', '720p 720x1280']],
  ['a size between two rungs', 480, 270, ['240p 426x240']],
  ['an odd width', 854, 480, ['240p 428x240', '360p 640x360', '480p 854x480']],
  ['a cinema picture', 1920, 800, ['240p 576x240', '360p 864x360', '480p 1152x480', '720p 1728x720']],
  ['one below the lowest rung', 320, 180, ['180p 320x180']],
  ['an odd one below the lowest rung', 101, 55, ['54p 100x54']],
  ['one pixel', 1, 1, ['2p 2x2']],
])('%s: %ix%i', (_, width, height, expected) => expect(sizes(width, height)).toEqual(expected));

test('4K has all six', () => expect(sizes(3840, 2160).length).toBe(6));

property.prop([fc.integer({ min: 2, max: 8192 }), fc.integer({ min: 2, max: 8192 })])(
  'no rung has a larger short side, an odd side, or another shape',
  (width, height) => {
    for (const rung of ladderFor({ width, height, frameRate: 30 }, standardPolicy)) {
      const short = Math.min(rung.width, rung.height);
      expect(short).toBeLessThanOrEqual(Math.min(width, height));
      expect(rung.name).toBe(`${short}p`);
      expect([rung.width % 2, rung.height % 2]).toEqual([0, 0]);
      // The long side is at most one pixel from its exact length.
      const long = (Math.max(width, height) * short) / Math.min(width, height);
      expect(Math.abs(Math.max(rung.width, rung.height) - long)).toBeLessThanOrEqual(1);
    }
  },
);

test('720p is the reference point', () => {
  expect(ladderFor({ width: 1280, height: 720, frameRate: 30 }, standardPolicy).at(-1)).toEqual({
    name: '720p',
    codec: 'h264',
    encoder: 'libx264',
    width: 1280,
    height: 720,
    rateControl: { mode: 'crf', crf: 23, maxrateKbps: 3_000, bufsizeKbps: 6_000 },
    preset: 'medium',
    profile: 'high',
    level: '4.0',
  });
});

test.each([
  [426, 240, 30, 400, '3.0'],
  [854, 480, 24, 1_400, '3.0'],
  [854, 480, 30, 1_400, '3.1'],
  [1280, 720, 30, 3_000, '4.0'],
  [1280, 720, 60, 3_000, '4.0'],
  [1280, 720, 120, 3_000, '4.2'],
  [1280, 720, null, 3_000, '4.0'],
  [720, 1280, 30, 3_000, '4.0'],
  [1920, 1080, 30, 5_000, '4.0'],
  [1920, 1080, 59.94, 5_000, '4.2'],
  [3840, 2160, 30, 16_000, '5.1'],
  [3840, 2160, 60, 16_000, '5.2'],
  [3840, 2160, 120, 16_000, '6.0'],
  // A rate that the level's table does not allow asks for a higher one.
  [426, 240, 30, 13_000, '3.1'],
  [1280, 720, 30, 30_000, '4.2'],
])('%ix%i at %s fps and %i kbit/s is level %s', (width, height, frameRate, maxrateKbps, level) => {
  expect(h264Level({ width, height, frameRate, maxrateKbps, bufsizeKbps: maxrateKbps })).toBe(level);
});

test('rungs whose rate is held over time know the frame rate, where it is known; those of CRF are as they were', () => {
  const rate = { mode: 'cbr', bitrateKbps: 800, bufsizeKbps: 800 } as const;
  const policy = { ...standardPolicy, ladder: [{ height: 360, rateControl: rate }] };
  const [known, unknown] = [25, null].map((frameRate) => ladderFor({ width: 640, height: 360, frameRate }, policy)[0]);
  expect([known?.frameRate, unknown?.frameRate]).toEqual([25, undefined]);
  const [crf] = ladderFor({ width: 640, height: 360, frameRate: 25 }, standardPolicy);
  expect(crf).not.toHaveProperty('frameRate');
});
