import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { probe } from '../../../src/jobs/probe.job.ts';
import { clipFolder, ffmpeg } from '../../support/clips.ts';
import { createTestContext, type TestContext } from '../../support/job-context.ts';
import { probeFile } from '../../support/probed.ts';

let context: TestContext;
beforeAll(async () => {
  context = await createTestContext();
});
afterAll(() => context?.close());

const lost = /^\d+ of 1\d\d frames \(\d+\.\d %\) cannot be decoded: (.*, )?between [1-4]\.\d and [2-5]\.\d s/;
const first = /^\d+ of 15\d frames \(\d+\.\d %\) cannot be decoded: between 0\.0 and [123]\.\d s\.$/;
const middle = (file: Buffer) => file.fill(0, Math.floor(file.length * 0.45), Math.floor(file.length * 0.58));
const beginning = (word: Buffer, share: number) => (file: Buffer) => {
  const at = file.indexOf(word) + word.length;
  return file.fill(0, at, at + Math.floor(file.length * share));
};
const h264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '25'];

// Of these a demuxer skips what is destroyed, and goes on as if nothing had been there.
test.each([
  ['AVI with pictures that stay', 'avi', ['-vf', 'select=not(eq(mod(n\\,3)\\,1))', ...h264], middle, lost],
  ['MPEG-1 program stream', 'mpg', ['-c:v', 'mpeg1video'], middle, lost],
  ['MXF', 'mxf', ['-c:v', 'mpeg2video'], middle, lost],
  ['the beginning of an MP4', 'mp4', h264, beginning(Buffer.from('mdat'), 0.3), first],
  ['the beginning of an MKV', 'mkv', h264, beginning(Buffer.of(0x1f, 0x43, 0xb6, 0x75), 0.3), first],
])('%s: what is passed over is counted, and a whole one is good', async (_, container, codec, damage, detail) => {
  const name = `passed-over-${process.pid}-${codec.length}.${container}`;
  const whole = join(clipFolder(), name);
  await ffmpeg(['-f', 'lavfi', '-i', 'mandelbrot=s=64x36:rate=25', '-t', '6', ...codec, whole]);
  const codes = (await probeFile(context, whole)).warnings.map(({ code }) => code);
  for (const code of ['frames_lost', 'end_missing', 'duration_corrected']) expect(codes).not.toContain(code);

  const broken = join(context.root, name);
  await writeFile(broken, damage(await readFile(whole)));
  const given = await context.context(await context.addVideo(broken));
  await expect(probe.run(given)).rejects.toMatchObject({
    code: 'INPUT_DAMAGED',
    detail: expect.stringMatching(detail),
  });
});

test('two recordings one behind the other: how many pictures are left out is said', async () => {
  const one = join(clipFolder(), `one-${process.pid}.webm`);
  await ffmpeg(['-f', 'lavfi', '-i', 'testsrc2=s=64x36:r=25:d=2', '-c:v', 'libvpx', '-deadline', 'realtime', one]);
  const bytes = await readFile(one);
  const twice = join(context.root, 'twice.webm');
  await writeFile(twice, Buffer.concat([bytes, bytes]));
  const { warnings } = await probeFile(context, twice);
  const said = warnings.find(({ code }) => code === 'times_reconstructed');
  expect(said?.detail).toContain('50 of 100 pictures have times that have been before: they are left out.');
});
