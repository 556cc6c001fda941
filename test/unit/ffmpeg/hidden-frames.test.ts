import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hidesVp8, hidesVp9, openHiddenFrames } from '../../../src/ffmpeg/hidden-frames.ts';
import { testFolder } from '../../support/folder.ts';

/** The first byte by the layout of the specification, the first bit first. */
const bits = (text: string) => Uint8Array.of(Number.parseInt(text.replaceAll(' ', ''), 2));
const noList = () => 0;

test.each([
  ['a shown keyframe', '000 1 000 0', false],
  ['a hidden one', '000 0 000 0', true],
  ['a hidden one of profile 3', '101 0 011 1', true],
  ['a shown one with a large first part', '111 1 000 1', false],
])('VP8: %s', (_, first, hidden) => {
  expect(hidesVp8(bits(first))).toBe(hidden);
});

test.each([
  // marker, profile, show_existing_frame, frame_type, show_frame, error_resilient
  ['shown', '10 00 0 1 1 0', false],
  ['hidden', '10 00 0 1 0 0', true],
  ['an older frame shown', '10 00 1 0 0 0', false],
  ['hidden, profile 1', '10 10 0 1 0 0', true],
  // profile 3 has one more bit
  ['hidden, profile 3', '10 11 0 0 1 0', true],
  ['shown, profile 3', '10 11 0 0 1 1', false],
  ['no VP9', '11 00 0 1 0 0', false],
])('VP9: %s', (_, first, hidden) => {
  expect(hidesVp9(bits(first), noList)).toBe(hidden);
});

test('VP9: a superframe that begins with a hidden frame shows one', () => {
  const marker = 0b110_01_001; // two frames, sizes of two bytes
  const packet = [0x84, 1, 2, 3, 0x86, 4, marker, 4, 0, 2, 0, marker];
  const hides = (bytes: number[]) => hidesVp9(Uint8Array.from(bytes), (fromEnd) => bytes.at(-fromEnd) ?? 0);
  expect(hides(packet)).toBe(false);
  expect(hides(packet.with(6, 0))).toBe(true); // the last byte looks like a list that is not there
});

test('a packet is found behind the header of its block; what cannot be read is taken as shown', async () => {
  const path = join(await testFolder('hidden'), 'file');
  const hiddenFrame = 0x41;
  await writeFile(
    path,
    Uint8Array.of(
      0x81,
      0,
      40,
      0x80,
      hiddenFrame,
      9,
      0x40,
      0x81,
      0,
      40,
      0x00,
      hiddenFrame,
      9,
      0x81,
      0,
      0,
      0x02,
      hiddenFrame,
    ),
  );
  const inMatroska = openHiddenFrames({ path, demuxer: 'matroska' }, 'vp8');
  const inAvi = openHiddenFrames({ path, demuxer: 'avi' }, 'vp8');
  const hidden = (position: number) => inMatroska?.isHidden({ position, size: 2 });
  expect(hidden(0)).toBe(true);
  expect(hidden(6)).toBe(true); // a track's number of two bytes
  expect(hidden(13)).toBe(false); // several frames in a block
  expect(hidden(1_000)).toBe(false);
  expect(hidden(Number.NaN)).toBe(false);
  expect(inAvi?.isHidden({ position: 4, size: 2 })).toBe(true);
  inMatroska?.close();
  inAvi?.close();
  expect(openHiddenFrames({ path, demuxer: 'mov' }, 'h264')).toBeNull();
});
