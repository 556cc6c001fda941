import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { missingChunks } from '../../../src/ffmpeg/avi-index.ts';
import { lostFrames } from '../../../src/ffmpeg/lost-frames.ts';
import { skippedUnits } from '../../../src/ffmpeg/mxf-units.ts';
import { hasStrayBytes } from '../../../src/ffmpeg/program-stream.ts';
import { sourceIndex } from '../../../src/plan/source-index.ts';

const timeBase = { numerator: 1, denominator: 25 };
const chunks = Array.from({ length: 100 }, (_, tick) => ({ position: 1000 + tick * 50, tick }));
const found = (keep: (tick: number) => boolean) =>
  Float64Array.from(chunks.filter(({ tick }) => keep(tick)).map(({ position }) => position));

test.each([
  ['all are there', found(() => true), null],
  ['some are not', found((tick) => tick < 50 || tick >= 75), { of: 100, holes: [{ from: 2, to: 3, frames: 25 }] }],
  ['the last one is not', found((tick) => tick < 99), { of: 100, holes: [{ from: 3.96, to: 4, frames: 1 }] }],
  ['the index is of another file', found(() => true).map((position) => position - 7), null],
])('pictures that the index of an AVI lists: %s', (_, positions, lost) =>
  expect(missingChunks(chunks, positions, timeBase)).toEqual(lost),
);

const jump = 'edit unit sync lost on stream 0, jumping from 50 to 75';
test.each([
  ['a jump', jump, 75, { of: 100, holes: [{ from: 2, to: 3, frames: 25 }] }],
  ['a jump, but all frames are there', jump, 100, null],
  ['one of another stream', jump.replace('stream 0', 'stream 1'), 75, null],
  ['no jump', '', 75, null],
])('frames that an MXF passes over: %s', (_, log, count, lost) =>
  expect(skippedUnits(log, { index: 0, duration: 4, timeBase }, count)).toEqual(lost),
);

const pack = Buffer.of(0, 0, 1, 0xba, 0x44, 0, 4, 0, 4, 1, 0, 0, 3, 0xf8);
const packet = Buffer.concat([Buffer.of(0, 0, 1, 0xe0, 0, 40), Buffer.alloc(40, 7)]);
test.each([
  ['none', [pack, packet, packet, pack, packet, packet], false],
  ['zeros', [pack, packet, Buffer.alloc(30), pack, packet, packet], true],
  ['a packet without an end', [pack, Buffer.of(0, 0, 1, 0xe0, 0, 0), Buffer.alloc(60), pack, packet], false],
  ['sectors of a VideoCD', [Buffer.from('RIFF'), Buffer.alloc(60), pack, packet], false],
])('bytes that belong to no packet of a program stream: %s', async (_, parts, stray) => {
  const folder = await mkdtemp(join(tmpdir(), 'stray-'));
  try {
    const path = join(folder, 'a.mpg');
    await writeFile(path, Buffer.concat(parts));
    expect(await hasStrayBytes(path, new AbortController().signal)).toBe(stray);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('a hole at the beginning is from 0, and later ones are on the same clock', () => {
  const presented = [10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 25];
  const index = sourceIndex({ timeBase, trustworthy: true, presented, end: 26, keyframes: { pts: [10], dts: [10] } });
  const expected = Float64Array.from({ length: 26 }, (_, tick) => tick);
  const lost = lostFrames(expected, index);
  expect(lost).toEqual({
    of: 26,
    holes: [
      { from: 0, to: 0.4, frames: 10 },
      { from: 0.88, to: 1, frames: 3 },
    ],
  });
});
