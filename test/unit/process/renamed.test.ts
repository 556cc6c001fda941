import { expect, test } from 'vitest';
import { renamed } from '../../../src/process/user-sandbox.ts';

const names = [
  ['/home/storage/a.mp4', '/proc/self/fd/3'],
  ['/home/work/1', '/proc/self/fd/4'],
] as const;

test.each([
  ['file:/home/storage/a.mp4', 'file:/proc/self/fd/3'],
  ['/home/work/1/out.mp4', '/proc/self/fd/4/out.mp4'],
  ['/home/work/1', '/proc/self/fd/4'],
  ['lut3d=/home/work/1/colours.cube,scale=2:2', 'lut3d=/proc/self/fd/4/colours.cube,scale=2:2'],
  ['in=/home/work/1/a.mp4,stream=video', 'in=/proc/self/fd/4/a.mp4,stream=video'],
  ['/home/storage/a.mp4.part', '/home/storage/a.mp4.part'],
  ['/home/work/10/out.mp4', '/home/work/10/out.mp4'],
  ['/home/work/1-b', '/home/work/1-b'],
])('%s', (arg, given) => {
  expect(renamed(arg, names)).toBe(given);
});
