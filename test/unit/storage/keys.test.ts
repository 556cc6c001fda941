import { fc, test as propertyTest } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { originalKey } from '../../../src/storage/keys.ts';

test.each([
  ['holiday.mp4', 'mp4'],
  ['HOLIDAY.MOV', 'mov'],
  ['cam.m2ts', 'm2ts'],
  ['page.html', 'bin'],
  ['film.mp4.exe', 'bin'],
  ['../../x/.mkv', 'mkv'],
  ['no extension', 'bin'],
  ['mp4', 'bin'],
  ['a.mp4\u0000', 'bin'],
  ['', 'bin'],
])('%j is stored as original.%s', (filename, extension) => {
  expect(originalKey('vid_1', filename)).toBe(`originals/vid_1/original.${extension}`);
});

propertyTest.prop([fc.string({ unit: 'binary', maxLength: 300 })])('no name leads anywhere else', (filename) => {
  expect(originalKey('vid_1', filename)).toMatch(/^originals\/vid_1\/original\.[a-z0-9]{2,5}$/);
});
