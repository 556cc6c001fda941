import { execFile as execFileCallback } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inputArgs } from '../../../src/ffmpeg/input-args.ts';
import { sniffFile } from '../../../src/ffmpeg/open-source.ts';
import { builds, ffmpeg, makeClip, testTools } from '../../support/clips.ts';
import { box, join as joined } from '../../support/mp4-boxes.ts';

const execFile = promisify(execFileCallback);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reelmill-odd-'));
});
afterAll(() => rm(folder, { recursive: true }));

const picture = ['-f', 'lavfi', '-i', 'testsrc2=s=64x36:r=25:d=2'];
const sound = ['-f', 'lavfi', '-i', 'sine=r=48000:d=2'];
const made = new Map<string, Promise<Uint8Array>>();

/** Two seconds, 50 pictures, as a file of this kind. */
function bytesAs(format: string, ...options: string[]): Promise<Uint8Array> {
  const make = async () => {
    const path = join(folder, `made-${made.size}.${format}`);
    await ffmpeg([...picture, ...sound, ...options, '-f', format, path]);
    return new Uint8Array(await readFile(path));
  };
  const key = [format, ...options].join(' ');
  const found = made.get(key) ?? make();
  made.set(key, found);
  return found;
}

const noise = (length: number) => Uint8Array.from({ length }, (_, at) => (Math.imul(at + 7, 2654435761) >>> 24) & 0xff);
const zeros = (length: number) => new Uint8Array(length);
const vob = () => bytesAs('vob', '-c:v', 'mpeg2video', '-g', '12');
const mpg = () => bytesAs('mpeg', '-c:v', 'mpeg1video', '-g', '12');
const mxf = () => bytesAs('mxf', '-c:v', 'mpeg2video', '-c:a', 'pcm_s16le');
const ogg = () => bytesAs('ogg', '-c:v', 'libtheora', '-c:a', 'flac');
const ts = () => bytesAs('mpegts', '-c:v', 'mpeg2video');
const movie = async () => new Uint8Array(await readFile(await makeClip({ seconds: 2, size: '64x36' })));
const arrival = async (...bytes: number[]) => {
  const m2ts = (await bytesAs('mpegts', '-mpegts_m2ts_mode', '1', '-c:v', 'mpeg2video')).slice();
  m2ts.set(bytes);
  return m2ts;
};
/** Its offsets stay true: the box takes the place of as much as it holds. */
const inFrontOfMoov = async (stranger: Uint8Array) => {
  const bytes = await movie();
  const at = Buffer.from(bytes).indexOf('moov') - 4;
  return joined(bytes.subarray(0, at), stranger, bytes.subarray(at));
};

describe.each(builds)('$build', ({ tools }) => {
  test.each([
    ['a program stream (MPEG-2) from mid-pack', async () => (await vob()).slice(100), 'mpeg', 38],
    ['a program stream (MPEG-1) without its first pack', async () => (await mpg()).slice(2_048), 'mpeg', 38],
    ['a program stream behind zeros', async () => joined(zeros(188), await mpg()), 'mpeg', 50],
    ['an MXF behind a run-in', async () => joined(noise(3_000), await mxf()), 'mxf', 50],
    ['an Ogg behind anything', async () => joined(noise(3_000), await ogg()), 'ogg', 30],
    ['an MPEG-TS behind anything', async () => joined(noise(20_000), await ts()), 'mpegts', 50],
    [
      'a movie with a box of no name before its table',
      () => inFrontOfMoov(box('\xde\xad\xbe\xef', zeros(99))),
      'mov',
      50,
    ],
  ])('%s is opened, and shown', async (_, make, demuxer, least) => {
    const path = join(folder, `${Math.random()}.bin`);
    await writeFile(path, await make());
    const input = await sniffFile(path, { audioOnly: 'refuse' });
    expect(input).toEqual({ path, demuxer, short: null });

    const args = ['-v', 'error', ...inputArgs(input), '-map', '0:v:0', '-f', 'framecrc', '-'];
    const { stdout } = await execFile((await tools()).ffmpeg.path, args);
    expect(stdout.split('\n').filter((line) => /^0,/.test(line)).length).toBeGreaterThanOrEqual(least);
  });
});

test.each([
  ['a gzip archive', [0x1f, 0x8b, 8, 0]],
  ['a JPEG', [0xff, 0xd8, 0xff, 0]],
  ['a Java program', [0xca, 0xfe, 0xba, 0xbe]],
  ['raw MPEG video', [0, 0, 1, 0xb3]],
  ['raw H.264', [0, 0, 1, 0x67]],
  ['a program stream', [0, 0, 1, 0xba]],
  ['a ZIP archive', [0x50, 0x4b, 3, 4]],
])('M2TS is known whose first time of arrival looks like %s', async (_, bytes) => {
  const path = join(folder, 'arrival.m2ts');
  await writeFile(path, await arrival(...bytes));
  expect(await sniffFile(path, { audioOnly: 'refuse' })).toMatchObject({ demuxer: 'mpegts' });
});

test('an AVI that was written into a pipe says nothing of its length', async () => {
  const { ffmpeg: tool } = await testTools();
  const written = await execFile(tool.path, ['-v', 'error', ...picture, '-c:v', 'mpeg4', '-f', 'avi', 'pipe:1'], {
    encoding: 'buffer',
  });
  const path = join(folder, 'pipe.avi');
  await writeFile(path, written.stdout);
  expect(await sniffFile(path, { audioOnly: 'refuse' })).toEqual({ path, demuxer: 'avi', short: null });
});
