import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { builds, ffmpeg } from '../../support/clips.ts';
import { createTestContext, type TestContext } from '../../support/job-context.ts';
import { probeVideo } from '../../support/probed.ts';
import { softTelecine } from '../../support/soft-telecine.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reelmill-fields-'));
});
afterAll(() => rm(folder, { recursive: true }));

const card = (rate: string, size = '160x96') => `testsrc2=s=${size}:r=${rate}:d=3`;
/** Two pictures are woven into one frame: 25 frames a second of two fields. */
const woven = (first: 'top' | 'bottom', size?: string) =>
  `${card('50', size)},tinterlace=interleave_${first},fieldorder=${first === 'top' ? 'tff' : 'bff'}`;
const [tff, bff] = [woven('top'), woven('bottom')];
const whole = card('25');
const film = `${card('24000/1001')},telecine=first_field=top`;

const fields = ['-flags', '+ildct+ilme'];
// PAFF (a field a picture) is not here: x264 makes interlaced frames as MBAFF alone.
const mbaff = (order: string) => [
  ...['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'],
  ...[...fields, '-x264-params', `${order}=1`],
];
const mpeg2 = (top: string) => ['-c:v', 'mpeg2video', '-pix_fmt', 'yuv420p', ...fields, '-top', top, '-b:v', '2M'];
const mjpeg = ['-c:v', 'mjpeg', '-pix_fmt', 'yuvj422p', '-q:v', '3'];
const huffyuv = ['-c:v', 'huffyuv', '-pix_fmt', 'yuv422p'];
const dv = ['-c:v', 'dvvideo', '-pix_fmt', 'yuv420p'];

describe.each(builds)('with $build', ({ tools }) => {
  let context: TestContext;
  beforeAll(async () => {
    context = await createTestContext({ tools: await tools() });
  });
  afterAll(() => context.close());

  test.each([
    ['H.264 (MBAFF), top field first', 'mbaff-tff.mp4', tff, mbaff('tff'), 'tff'],
    ['H.264 (MBAFF), bottom field first', 'mbaff-bff.mp4', bff, mbaff('bff'), 'bff'],
    ['MPEG-2, top field first', 'mpeg2-tff.mpg', tff, mpeg2('1'), 'tff'],
    ['MPEG-2, bottom field first', 'mpeg2-bff.ts', bff, mpeg2('0'), 'bff'],
    ['MJPEG of a capture card, which says nothing', 'mjpeg.avi', tff, mjpeg, 'tff'],
    ['huffyuv of a capture card, which says nothing', 'huffyuv.avi', bff, huffyuv, 'bff'],
    ['DV of a tape', 'dv.avi', woven('bottom', '720x576').replace('d=3', 'd=0.5'), dv, 'bff'],
    ['whole pictures flagged as fields (PsF)', 'psf.mp4', whole, mbaff('tff'), 'progressive'],
    ['MJPEG of whole pictures', 'whole.avi', whole, mjpeg, 'progressive'],
    ['MPEG-4 of whole pictures', 'mpeg4.avi', whole, ['-c:v', 'mpeg4', '-b:v', '500k'], 'progressive'],
  ])('%s', async (_, name, picture, output, scan) => {
    const { video, codes } = await probeVideo(context, await made(name, picture, output));
    expect(video.scan).toBe(scan);
    expect(codes.filter((code) => code !== 'remuxed')).toEqual([]);
  });

  test('hard telecine is left alone, and that is said', async () => {
    const { video, codes } = await probeVideo(context, await made('film.mpg', film, mpeg2('1')));
    expect(video.scan).toBe('progressive');
    expect(codes).toContain('telecine_kept');
  });

  test('soft telecine is whole pictures', async () => {
    const output = ['-c:v', 'mpeg2video', '-bf', '0', '-b:v', '1M'];
    const path = await made('film.m2v', card('24000/1001', '160x96'), output);
    await writeFile(path, softTelecine(await readFile(path)));
    const container = path.replace('.m2v', '.soft.ts');
    await ffmpeg(['-fflags', '+genpts', '-i', path, '-c', 'copy', container]);
    const { video, codes } = await probeVideo(context, container);
    expect(video.scan).toBe('progressive');
    expect(codes).not.toContain('telecine_kept');
  });
});

async function made(name: string, picture: string, output: string[]): Promise<string> {
  const path = join(folder, name);
  if (existsSync(path)) return path; // by the other build's test
  await ffmpeg(['-f', 'lavfi', '-i', picture, ...output, path]);
  return path;
}
