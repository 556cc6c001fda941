import { test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { encodePlanSchema } from '../../../src/plan/encode-plan.ts';
import { findEncodeTask } from '../../../src/plan/find-encode-task.ts';
import { planEncode } from '../../../src/plan/plan-encode.ts';
import { standardPolicy } from '../../../src/plan/policy.ts';
import type { RateControl } from '../../../src/plan/rate-control.ts';
import { anyIndex, constantIndex, probeOf } from '../../support/plan-inputs.ts';

const timeBase = { numerator: 1, denominator: 15_360 };
const clip = (seconds: number, start = 0) =>
  constantIndex({ timeBase, ticksPerFrame: 512, frames: seconds * 30, start });
const plan = (seconds: number, start = 0) => planEncode(probeOf(), clip(seconds, start), standardPolicy);

property.prop([anyIndex()])('a plan is the same after it was stored, and the same again', (index) => {
  const made = planEncode(probeOf(), index, standardPolicy);
  expect(encodePlanSchema.parse(JSON.parse(JSON.stringify(made)))).toEqual(made);
  expect(planEncode(probeOf(), index, standardPolicy)).toEqual(made);
});

test('a plan of the version before is read as one of this version', () => {
  const made = plan(4);
  const old = {
    ...made,
    version: 2,
    rungs: made.rungs.map(({ rateControl, ...rung }) => ({ ...rung, ...rates(rateControl) })),
  };
  expect(encodePlanSchema.parse(JSON.parse(JSON.stringify(old)))).toEqual(made);
});
/** As it stood beside the fields of a rung. */
const rates = ({ mode, ...rest }: RateControl) => rest;

describe('encode tasks', () => {
  test('32 s of 720p30 are eight jobs in order of their segments', () => {
    expect(plan(32).encodeTasks).toMatchObject(
      Array.from({ length: 8 }, (_, segmentIndex) => ({
        name: `encode.h264.000${segmentIndex}.all`,
        fleet: 'cpu',
        segmentIndex,
        rungs: ['240p', '360p', '480p', '720p'],
      })),
    );
  });

  test('of a larger clip the preview of a segment comes before its top, and both before the next segment', () => {
    const video = { width: 1920, height: 1080, codedWidth: 1920, codedHeight: 1080 };
    const { encodeTasks } = planEncode(probeOf({ video }), clip(8), standardPolicy);
    expect(encodeTasks.map((task) => task.name)).toEqual([
      'encode.h264.0000.preview',
      'encode.h264.0000.1080p',
      'encode.h264.0001.preview',
      'encode.h264.0001.1080p',
    ]);
  });

  property.prop([anyIndex()])('make every rung of every segment once', (index) => {
    const made = planEncode(probeOf(), index, standardPolicy);
    const pairs = made.encodeTasks.flatMap((task) => task.rungs.map((rung) => `${task.segmentIndex} ${rung}`));
    expect(pairs.sort()).toEqual(
      made.segments.flatMap((segment) => made.rungs.map((rung) => `${segment.index} ${rung.name}`)).sort(),
    );
  });

  test('are found by name', () => {
    const made = plan(32);
    const { segment, rungs } = findEncodeTask(made, 'encode.h264.0003.all');
    expect([segment.index, rungs.length]).toEqual([3, 4]);
    expect(() => findEncodeTask(made, 'encode.h264.0009.all')).toThrow('no task');
  });
});

describe('what is made besides', () => {
  test('sound starts where the picture starts, and is as long', () => {
    expect(plan(32, 153_600).audio).toEqual([
      {
        ...{ streamIndex: 1, language: null, title: null, isDefault: true },
        startSeconds: 10,
        durationSeconds: 32,
        tracks: [
          { name: 'aac_128k', codec: 'aac', bitrateKbps: 128 },
          { name: 'aac_64k', codec: 'aac', bitrateKbps: 64 },
        ],
        targetLufs: -16,
        truePeakDb: -1.5,
      },
    ]);
  });

  test('a source without sound gets none', () =>
    expect(planEncode(probeOf({ audio: [] }), clip(4), standardPolicy).audio).toEqual([]));

  test.each([
    [1, { posterSeconds: 0.1, intervalSeconds: 2, count: 1, columns: 1, rows: 1 }],
    [32, { posterSeconds: 3.2, intervalSeconds: 2, count: 16, columns: 10, rows: 2, width: 160, height: 90 }],
    [200, { posterSeconds: 20, intervalSeconds: 2, count: 100, columns: 10, rows: 10 }],
    [201, { intervalSeconds: 2.1, count: 96 }],
    [600, { intervalSeconds: 6, count: 100 }],
  ])('pictures of %i s', (seconds, expected) => expect(plan(seconds).thumbnails).toMatchObject(expected));

  test('pictures of an upright clip are upright, and of a tiny one as tiny', () => {
    const upright = planEncode(probeOf({ video: { width: 720, height: 1280 } }), clip(4), standardPolicy);
    expect(upright.thumbnails).toMatchObject({ width: 160, height: 284 });
    const tiny = planEncode(probeOf({ video: { width: 64, height: 36 } }), clip(4), standardPolicy);
    expect(tiny.thumbnails).toMatchObject({ width: 64, height: 36 });
  });

  test('H.264 4:4:4 is decoded from its beginning for every segment', () => {
    const { source, segments } = planEncode(probeOf({ video: { pixelFormat: 'yuv444p' } }), clip(12), standardPolicy);
    expect(source.seekable).toBe(false);
    expect(segments.map((segment) => segment.seek)).toEqual([null, null, null]);
    expect(plan(12).segments.map((segment) => segment.seek)).toEqual([null, (96 - 2) * 512, (240 - 2) * 512]);
  });

  test('1000 fps: at most 240 frames a second are planned, counted for cost and level', () => {
    const fast = constantIndex({ timeBase: { numerator: 1, denominator: 1_000 }, ticksPerFrame: 1, frames: 8_000 });
    const capped = planEncode(probeOf({ video: { frameRate: 1_000 } }), fast, standardPolicy);
    expect(capped.picture?.maxFrameRate).toBe(240);
    expect(capped.source).toMatchObject({ frames: 8 * 240, frameRate: 240, durationSeconds: 8 });
    expect(capped.segments.map((segment) => segment.frames)).toEqual([960, 960]);
    const levels = (frameRate: number) =>
      planEncode(probeOf({ video: { frameRate } }), fast, standardPolicy).rungs.map((rung) => rung.level);
    expect(levels(1_000)).toEqual(levels(240));
    const [first] = capped.encodeTasks;
    expect(first?.estimatedCpuSeconds).toBeLessThan(100);
  });

  test('240 fps are not capped, whatever the rounding of their times', () => {
    const timeBase = { numerator: 1, denominator: 240_000 };
    const fast = constantIndex({ timeBase, ticksPerFrame: 998, frames: 2_400 });
    const { picture, source } = planEncode(probeOf({ video: { frameRate: 240.5 } }), fast, standardPolicy);
    expect(picture?.maxFrameRate).toBeNull();
    expect(source.frames).toBe(2_400);
  });

  test('interlaced: decoding begins at a keyframe two frames before a segment, so that the deinterlacer sees them', () => {
    const index = constantIndex({ timeBase, ticksPerFrame: 512, frames: 360, keyframeEvery: 120 });
    const cut = (scan: 'progressive' | 'tff') =>
      planEncode(probeOf({ video: { scan } }), index, standardPolicy).segments.map((segment) => segment.seek);
    expect(cut('progressive')).toEqual([null, (120 - 2) * 512, (240 - 2) * 512]);
    expect(cut('tff')).toEqual([null, null, (120 - 2) * 512]);
  });

  test.each([
    ['untrusted, long', false, 12, ['single_segment']],
    ['untrusted, no longer than a segment', false, 4, []],
    ['trusted', true, 12, []],
  ])('one piece is told where there could have been several: %s', (_, trustworthy, seconds, codes) => {
    const { warnings, segments } = planEncode(probeOf(), { ...clip(seconds), trustworthy }, standardPolicy);
    expect(warnings.map((warning) => warning.code)).toEqual(codes);
    expect(segments).toHaveLength(trustworthy ? seconds / 4 : 1);
  });

  test('the plan names what encodes read', () => {
    expect(plan(4, 512).source).toEqual({
      key: 'originals/vid_1/original.mp4',
      demuxer: 'mov',
      streamIndex: 0,
      timeBase,
      start: 512,
      frames: 120,
      durationSeconds: 4,
      frameRate: 30,
      seekable: true,
    });
  });
});
