import { describe, expect, test } from 'vitest';
import { ladderFor } from '../../../src/plan/ladder.ts';
import { estimateMemoryBytes, estimateThumbnailBytes } from '../../../src/plan/memory.ts';
import { planEncode } from '../../../src/plan/plan-encode.ts';
import { standardPolicy } from '../../../src/plan/policy.ts';
import { constantIndex, probeOf } from '../../support/plan-inputs.ts';

const mebi = 2 ** 20;
const sizes: Record<string, [number, number]> = { '720': [1280, 720], '1080': [1920, 1080], '2160': [3840, 2160] };
const pixelFormats: Record<string, string> = { hevc: 'yuv420p10le', prores: 'yuv422p10le' };
const plain = { deinterlace: null, colourMap: null, alpha: false };

const sourceOf = (codec: string, size: string) => {
  const [codedWidth, codedHeight] = sizes[size] ?? [0, 0];
  return { codec, codedWidth, codedHeight, pixelFormat: pixelFormats[codec] ?? 'yuv420p' };
};

function estimatedMebi(codec: string, size: string, names: string): number {
  const [width, height] = sizes[size] ?? [0, 0];
  const wanted = names.split('+');
  const rungs = ladderFor({ width, height, frameRate: 30 }, standardPolicy).filter((rung) =>
    wanted.includes(rung.name.replace('p', '')),
  );
  return estimateMemoryBytes({ source: sourceOf(codec, size), picture: plain, rungs }) / mebi;
}

describe('is more than was measured (docs/benchmarks.md), by at most a third where a job is large', () => {
  test.each([
    ['h264', '720', '240', 91, 51],
    ['h264', '720', '720', 232, 186],
    ['h264', '720', '240+360+480+720', 393, null],
    ['h264', '1080', '240', 104, null],
    ['h264', '1080', '720', 245, null],
    ['h264', '1080', '1080', 431, 377],
    ['h264', '1080', '240+360+480+720', 405, null],
    ['h264', '1080', '240+360+480+720+1080', 760, null],
    ['hevc', '1080', '240', 125, 86],
    ['hevc', '1080', '1080', 458, null],
    ['vp9', '1080', '240', 96, 63],
    ['prores', '1080', '240', 89, 50],
    ['prores', '1080', '1080', 419, null],
    ['h264', '2160', '240', 171, 130],
    ['h264', '2160', '1080', 501, null],
    ['h264', '2160', '240+360+480+720', 475, null],
    ['h264', '2160', '2160', 1_446, 1_397],
    ['hevc', '2160', '240', 261, 221],
    ['hevc', '2160', '2160', 1_551, null],
    ['vp9', '2160', '240', 145, 115],
    ['prores', '2160', '240', 118, 76],
    ['prores', '2160', '2160', 1_403, null],
  ])('%s %s, rungs %s: %i MiB', (codec, size, rungs, measured, measuredOld) => {
    const estimated = estimatedMebi(codec, size, rungs);
    expect(estimated).toBeGreaterThan(Math.max(measured, measuredOld ?? 0));
    expect(estimated).toBeLessThan(measured > 300 ? measured * 1.33 : measured + 150);
  });
});

test('what is done to the pictures is counted', () => {
  const rungs = [{ width: 1920, height: 1080, preset: 'medium' }];
  const of = (changes: object) =>
    estimateMemoryBytes({ source: sourceOf('h264', '1080'), picture: { ...plain, ...changes }, rungs });
  expect(of({ deinterlace: 'tff' })).toBeGreaterThan(of({}) + 1920 * 1080 * 1.5 * 3);
  expect(of({ colourMap: { kind: 'gamut' } })).toBeGreaterThan(of({}) + 1920 * 1080 * 6);
  expect(of({ alpha: true })).toBeGreaterThan(of({}) + 1920 * 1080 * 12);
});

test('a slower preset keeps more frames, an unknown one the most', () => {
  const of = (preset: string) =>
    estimateMemoryBytes({
      source: sourceOf('h264', '720'),
      picture: plain,
      rungs: [{ width: 1280, height: 720, preset }],
    });
  const inOrder = ['ultrafast', 'veryfast', 'medium', 'slow', 'slower', 'veryslow'].map(of);
  expect([...inOrder].sort((a, b) => a - b)).toEqual(inOrder);
  expect(of('')).toBe(of('placebo'));
});

test('pictures for seeking take a decode', () => {
  const bytes = estimateThumbnailBytes({ source: sourceOf('h264', '2160'), picture: plain });
  expect(bytes).toBeGreaterThan(150 * mebi);
  expect(bytes).toBeLessThan(300 * mebi);
});

test('each task of a 2160p plan says what it takes: the top alone is large, the rest stays within the policy', () => {
  const [width, height] = [3840, 2160];
  const video = { width, height, codedWidth: width, codedHeight: height };
  const index = constantIndex({ timeBase: { numerator: 1, denominator: 30 }, ticksPerFrame: 1, frames: 30 });
  const { encodeTasks } = planEncode(probeOf({ video }), index, standardPolicy);
  const large = encodeTasks.filter((task) => task.estimatedMemoryBytes > standardPolicy.jobMemoryBytes);
  expect(large.map((task) => task.rungs)).toEqual([['2160p']]);
});
