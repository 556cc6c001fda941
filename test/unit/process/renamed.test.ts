import { expect, test } from 'vitest';
import { renamed } from '../../../src/process/user-sandbox.ts';

const names = [
  ['/home/storage/a.mp4', '/proc/self/fd/3'],
  ['/home/storage/b.mp4', '/proc/self/fd/4'],
] as const;

test.each([
  ['file:/home/storage/a.mp4', 'file:/proc/self/fd/3'],
  ['in=/home/storage/b.mp4,stream=video', 'in=/proc/self/fd/4,stream=video'],
  ['movie=/home/storage/a.mp4:loop=1', 'movie=/proc/self/fd/3:loop=1'],
  ['/home/storage/a.mp4.part', '/home/storage/a.mp4.part'],
  ['/home/storage/other.mp4', '/home/storage/other.mp4'],
])('%s', (arg, given) => {
  expect(renamed(arg, names)).toBe(given);
});
