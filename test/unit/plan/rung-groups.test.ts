import { test as property } from '@fast-check/vitest';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { estimateCpuSeconds } from '../../../src/plan/cost.ts';
import { ladderFor } from '../../../src/plan/ladder.ts';
import { standardPolicy } from '../../../src/plan/policy.ts';
import { groupRungs } from '../../../src/plan/rung-groups.ts';

const groupsOf = (width: number, height: number, frames: number) => {
  const rungs = ladderFor({ width, height, frameRate: 30 }, standardPolicy);
  const source = { codec: 'h264', codedWidth: width, codedHeight: height, pixelFormat: 'yuv420p' };
  const decoded = { source, picture: { deinterlace: null, colourMap: null, alpha: false } };
  return groupRungs(rungs, { frames, source: { width, height }, decoded }, standardPolicy);
};
const names = (width: number, height: number, frames: number) =>
  groupsOf(width, height, frames).map((group) => [group.name, ...group.rungs.map((rung) => rung.name)].join(' '));

test('4 s of 720p30 are one job of 9 to 10 CPU-seconds', () => {
  const [group, ...others] = groupsOf(1280, 720, 120);
  const seconds = estimateCpuSeconds({ frames: 120, source: { width: 1280, height: 720 }, rungs: group?.rungs ?? [] });
  expect(others).toEqual([]);
  expect(group?.name).toBe('all');
  expect(seconds).toBeGreaterThan(9);
  expect(seconds).toBeLessThan(10);
});

test.each([
  ['4 s of 1080p30: the top rung alone', 1920, 1080, 120, ['preview 240p 360p 480p 720p', '1080p 1080p']],
  ['8 s of 720p30', 1280, 720, 240, ['preview 240p 360p 480p', '720p 720p']],
  ['12 s of 480p30', 854, 480, 360, ['all 240p 360p 480p']],
  ['one rung, however dear', 100, 10_000, 100_000, ['all 100p']],
])('%s', (_, width, height, frames, expected) => expect(names(width, height, frames)).toEqual(expected));

test('4 s of 4K: each large rung alone', () => {
  expect(names(3840, 2160, 120).map((group) => group.split(' ')[0])).toEqual(['preview', '1080p', '2160p']);
});

test('one cheap second of 4K: the large rung is alone for its memory', () => {
  expect(names(3840, 2160, 10)).toEqual(['preview 240p 360p 480p 720p 1080p', '2160p 2160p']);
});

property.prop([
  fc.integer({ min: 16, max: 8192 }),
  fc.integer({ min: 16, max: 8192 }),
  fc.integer({ min: 1, max: 3_000 }),
])('every rung is in exactly one group, and names are unique', (width, height, frames) => {
  const rungs = ladderFor({ width, height, frameRate: 30 }, standardPolicy);
  const groups = groupsOf(width, height, frames);
  expect(groups.flatMap((group) => group.rungs.map((rung) => rung.name)).sort()).toEqual(
    rungs.map((rung) => rung.name).sort(),
  );
  expect(new Set(groups.map((group) => group.name)).size).toBe(groups.length);
});
