import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readFrames } from '../../../src/packaging/cmaf.ts';
import { openJoinFile } from '../../../src/packaging/join-file.ts';
import { box, fullBox, init, join, moof, u32, u64 } from '../../support/mp4-boxes.ts';

const signal = new AbortController().signal;
const header = init({ timescale: 1_000, trex: [10, 3, 0] });
const data = box('mdat', new Uint8Array([1, 2, 3, 4, 5, 6]));
const run = fullBox('trun', 0, 0x1, u32(2, 108));
/** Two fragments of two samples, 10 ticks each. */
const media = (first = 0, second = first + 20) => join(moof(first, [run]), data, moof(second, [run]), data);
const chunksOf = (bytes: Uint8Array, size: number) =>
  Readable.from(
    Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) => bytes.slice(at * size, (at + 1) * size)),
  );

let folder: string;
let path: string;
beforeAll(async () => {
  folder = await mkdtemp(joinPath(tmpdir(), 'reelmill-join-'));
  path = joinPath(folder, 'joined.mp4');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Joins these segments, each with its end, in chunks of a size; gives the file. */
async function joined(segments: [Uint8Array, number][], size = 1_000_000): Promise<Uint8Array> {
  const file = await openJoinFile(path, header);
  try {
    for (const [bytes, endTicks] of segments) await file.append(chunksOf(bytes, size), { endTicks, signal });
  } finally {
    await file.close();
  }
  return new Uint8Array(await readFile(path));
}

test('segments whose times fit are joined byte by byte', async () => {
  const segments: [Uint8Array, number][] = [
    [media(0), 40],
    [media(40), 80],
  ];
  expect(await joined(segments)).toEqual(join(header, media(0), media(40)));
});
test('each fragment lasts until the next one begins, and the last one until the end; in chunks of any size', async () => {
  const whole = await joined([[media(0, 500), 700]]);
  const frames = readFrames(header, whole).frames;
  expect(frames.map(({ pts, duration }) => [pts, duration])).toEqual([
    [0, 10],
    [10, 490],
    [500, 10],
    [510, 190],
  ]);
  for (const size of [1, 7, 8, 64, 100]) expect(await joined([[media(0, 500), 700]], size)).toEqual(whole);
});
test('a segment can be taken back, and another one put in its place', async () => {
  const file = await openJoinFile(path, header);
  await file.append(chunksOf(media(0), 50), { endTicks: 40, signal });
  await file.append(chunksOf(join(media(40), media(80)), 50), { endTicks: 120, signal });
  await file.takeBack();
  await file.append(chunksOf(media(40), 50), { endTicks: 80, signal });
  const pts = [];
  for await (const frames of file.frames()) pts.push(...frames.map((frame) => frame.pts));
  await file.close();
  expect(pts).toEqual([40, 50, 60, 70]);
  expect(new Uint8Array(await readFile(path))).toEqual(join(header, media(0), media(40)));
});
test('data may have a size of 64 bits, or go to the end', async () => {
  const name = new Uint8Array(Buffer.from('mdat'));
  for (const last of [join(u32(1), name, u64(22), new Uint8Array(6)), join(u32(0), name, new Uint8Array(6))]) {
    const bytes = join(moof(0, [run]), last);
    expect(await joined([[bytes, 20]], 5)).toEqual(join(header, bytes));
  }
});

describe('refuses', () => {
  test.each<[string, Uint8Array]>([
    ['what has no fragment', data],
    ['nothing', new Uint8Array()],
    ['a cut header', media().slice(0, 30)],
    ['cut data', media().slice(0, -1)],
    ['a cut size', join(media(), new Uint8Array(5))],
    ['a box that is smaller than its own header', join(media(), u32(4, 0))],
    ['fragments that overlap', media(0, 5)],
    ['a fragment without frames', join(moof(0, []), data)],
  ])('%s', async (_name, bytes) => {
    await expect(joined([[bytes, 40]])).rejects.toThrow('OUTPUT_DAMAGED');
  });
});
