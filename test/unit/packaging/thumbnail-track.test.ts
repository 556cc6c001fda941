import { expect, test } from 'vitest';
import { sheetCount, thumbnailTrack } from '../../../src/packaging/thumbnail-track.ts';

const grid = { posterSeconds: 1, width: 160, height: 90, columns: 2, rows: 2 };

test('every cue names its place, sheet after sheet, and the last one ends with the clip', () => {
  const plan = { ...grid, count: 6, intervalSeconds: 2 };
  expect(sheetCount(plan)).toBe(2);
  expect(thumbnailTrack(plan, 11.5).split('\n\n')).toEqual([
    'WEBVTT',
    '00:00:00.000 --> 00:00:02.000\nsprite-1.jpg#xywh=0,0,160,90',
    '00:00:02.000 --> 00:00:04.000\nsprite-1.jpg#xywh=160,0,160,90',
    '00:00:04.000 --> 00:00:06.000\nsprite-1.jpg#xywh=0,90,160,90',
    '00:00:06.000 --> 00:00:08.000\nsprite-1.jpg#xywh=160,90,160,90',
    '00:00:08.000 --> 00:00:10.000\nsprite-2.jpg#xywh=0,0,160,90',
    '00:00:10.000 --> 00:00:11.500\nsprite-2.jpg#xywh=160,0,160,90\n',
  ]);
});
test('hours are written', () => {
  const track = thumbnailTrack({ ...grid, count: 3, intervalSeconds: 3_599.95 }, 10_800);
  expect(track).toContain('00:59:59.950 --> 01:59:59.900');
  expect(track).toContain('01:59:59.900 --> 03:00:00.000');
});
