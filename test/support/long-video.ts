// Run as a program, with little heap: verifies and joins a rendition of so many frames.
import assert from 'node:assert';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Artefact } from '../../src/jobs/services.ts';
import { verifyRendition } from '../../src/jobs/verify-rendition.ts';
import { openJoinFile } from '../../src/packaging/join-file.ts';
import { planEncode } from '../../src/plan/plan-encode.ts';
import { standardPolicy } from '../../src/plan/policy.ts';
import type { ArtefactStorage } from '../../src/storage/storage.ts';
import { box, join as bytes, fullBox, init, moof, u32 } from './mp4-boxes.ts';
import { constantIndex, probeOf } from './plan-inputs.ts';

const frames = Number(process.argv[2]);
const framesPerGop = 50;
const gopsPerSegment = 2;
const timeBase = { numerator: 1, denominator: 12_800 };
const plan = planEncode(probeOf(), constantIndex({ timeBase, ticksPerFrame: 512, frames }), standardPolicy);
const header = init({ timescale: 12_800 });
const signal = new AbortController().signal;

/** A group of pictures of empty frames: duration, size, flags, offset of each. */
function gop(first: number): Uint8Array {
  const count = Math.min(framesPerGop, frames - first);
  const samples = Array.from({ length: count }, (_, at) => [512, 10, at === 0 ? 0 : 0x10000, 0]).flat();
  return bytes(
    moof(first * 512, [fullBox('trun', 1, 0xf01, u32(count, 108, ...samples))]),
    box('mdat', new Uint8Array(10 * count)),
  );
}

function* gops(from: number, count: number): Generator<Uint8Array> {
  for (let at = from; at < Math.min(frames, from + count * framesPerGop); at += framesPerGop) yield gop(at);
}

/** Storage that makes a packaged segment where it is read: its number is its key. */
const segmentBytes = (key: string) =>
  key === 'init' ? header : bytes(...gops(Number(key) * gopsPerSegment * framesPerGop, gopsPerSegment));
const storage = {
  read: async (key: string, range?: { start: number; end: number }) =>
    Readable.from([Buffer.from(segmentBytes(key).subarray(range?.start ?? 0, (range?.end ?? 1e9) + 1))]),
} as unknown as ArtefactStorage;

const segments = Array.from({ length: Math.ceil(frames / framesPerGop / gopsPerSegment) }, (_, at) => `${at}`);
const verified = await verifyRendition({ rendition: 'h264/240p', kind: 'video', init: 'init', segments }, plan, {
  outputOf: (key) => ({ key, size: segmentBytes(key).length }) as Artefact,
  storage,
  signal,
});
assert.equal(verified.end, frames / 25);

const folder = await mkdtemp(join(tmpdir(), 'reelmill-long-'));
try {
  const file = await openJoinFile(join(folder, 'joined.mp4'), header);
  await file.append(Readable.from(gops(0, frames)), { endTicks: frames * 512 + 100, signal });
  let found = 0;
  for await (const some of file.frames()) found += some.length;
  await file.close();
  assert.equal(found, frames);
  assert.ok((await stat(join(folder, 'joined.mp4'))).size > frames * 26);
} finally {
  await rm(folder, { recursive: true, force: true });
}
