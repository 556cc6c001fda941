import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { builds, ffmpeg } from '../../support/clips.ts';
import { boxOf, insertBox } from '../../support/insert-box.ts';
import { createTestContext, type TestContext } from '../../support/job-context.ts';
import { probeVideo } from '../../support/probed.ts';

let context: TestContext;
let folder: string;
beforeAll(async () => {
  context = await createTestContext();
  folder = await mkdtemp(join(tmpdir(), 'reelmill-colour-'));
});
afterAll(async () => {
  await context.close();
  await rm(folder, { recursive: true });
});

async function made(name: string, output: string[], picture = 'testsrc2=s=128x72:d=0.4'): Promise<string> {
  const path = join(folder, name);
  await ffmpeg(['-f', 'lavfi', '-i', picture, ...output, path]);
  return path;
}

const x264 = ['-c:v', 'libx264', '-preset', 'ultrafast'];
const x265 = (params: string) => [
  ...['-c:v', 'libx265', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p10le', '-tag:v', 'hvc1'],
  ...['-x265-params', `log-level=none:${params}`],
];
const wide = (transfer: string) => `colorprim=bt2020:transfer=${transfer}:colormatrix=bt2020nc`;
const mastering = 'master-display=G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(40000000,50)';
const saying = (name: string) => ['-color_primaries', name, '-color_trc', name, '-colorspace', name];

test.each([
  ['SDR that says nothing', 'sdr.mp4', [...x264, '-pix_fmt', 'yuv420p'], 'bt709 bt709 smpte170m limited', null],
  [
    'BT.709 that says so',
    'bt709.mp4',
    [...x264, '-pix_fmt', 'yuv420p', ...saying('bt709')],
    'bt709 bt709 bt709 limited',
    null,
  ],
  ['full range', 'full.mp4', [...x264, '-pix_fmt', 'yuvj420p', ...saying('bt709')], 'bt709 bt709 bt709 full', null],
  [
    'RGB of a screen',
    'rgb.mkv',
    ['-c:v', 'libx264rgb', '-preset', 'ultrafast', '-pix_fmt', 'rgb24'],
    'bt709 bt709 gbr full',
    null,
  ],
  ['MJPEG', 'jpeg.mov', ['-c:v', 'mjpeg', '-pix_fmt', 'yuvj422p'], 'bt709 bt709 bt470bg full', null],
  [
    'HDR10 with the brightest pixel in the bitstream alone',
    'hdr10.mp4',
    x265(`${wide('smpte2084')}:${mastering}:max-cll=600,200`),
    'bt2020 smpte2084 bt2020nc limited',
    { transfer: 'pq', peakNits: 600 },
  ],
  [
    'HDR10 with its display alone, remuxed',
    'hdr10.ts',
    x265(`${wide('smpte2084')}:${mastering}`),
    'bt2020 smpte2084 bt2020nc limited',
    { transfer: 'pq', peakNits: 4_000 },
  ],
  [
    'HLG',
    'hlg.mp4',
    x265(wide('arib-std-b67')),
    'bt2020 arib-std-b67 bt2020nc limited',
    { transfer: 'hlg', peakNits: 1_000 },
  ],
])('%s', async (_, name, output, colour, hdr) => {
  const { video, codes } = await probeVideo(context, await made(name, output));
  const { primaries, transfer, matrix, range } = video.colour;
  expect(`${primaries} ${transfer} ${matrix} ${range}`).toBe(colour);
  expect(video.hdr).toEqual(hdr);
  expect(video.alpha).toBe(false);
  expect(codes.filter((code) => code !== 'remuxed')).toEqual([]);
});

test('ten bits of HEVC that say nothing are taken as SDR, and that is said', async () => {
  const { video, codes } = await probeVideo(context, await made('ten.mp4', x265('bframes=0')));
  expect(video).toMatchObject({ hdr: null, pixelFormat: 'yuv420p10le', colour: { transfer: 'bt709' } });
  expect(codes).toEqual(['colour_assumed']);
});

const see = 'testsrc2=s=128x72:d=0.4,format=rgba,colorchannelmixer=aa=0.5';

test.each([
  [
    'VP9 in WebM',
    'vp9.webm',
    ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', '-pix_fmt', 'yuva420p'],
  ],
  [
    'VP8 in WebM',
    'vp8.webm',
    ['-c:v', 'libvpx', '-deadline', 'realtime', '-auto-alt-ref', '0', '-pix_fmt', 'yuva420p'],
  ],
  ['ProRes 4444', 'prores.mov', ['-c:v', 'prores_ks', '-pix_fmt', 'yuva444p10le']],
  ['QuickTime Animation', 'rle.mov', ['-c:v', 'qtrle', '-pix_fmt', 'argb']],
])('transparency of %s is seen', async (_, name, output) => {
  expect((await probeVideo(context, await made(name, output, see))).video.alpha).toBe(true);
});

test.each(builds)('transparency that nobody filled in is none, with $build', async ({ tools }) => {
  const own = await createTestContext({ tools: await tools() });
  const clear = see.replace('0.5', '0');
  const raw = ['-c:v', 'rawvideo', '-pix_fmt', 'bgra'];
  try {
    expect((await probeVideo(own, await made('clear.avi', raw, clear))).video.alpha).toBe(false);
    expect((await probeVideo(own, await made('half.avi', raw, see))).video.alpha).toBe(true);
    const late = `${see.replace('d=0.4', 'd=1').replace('colorchannelmixer=aa=0.5', 'fade=in:5:10:alpha=1')}`;
    expect((await probeVideo(own, await made('late.avi', raw, late))).video.alpha).toBe(true);
  } finally {
    await own.close();
  }
});

/** `dvvC` of ISO/IEC 23001 style: version 1.0, profile, level 1, metadata and base layer present, and what the base layer is compatible with. */
const dolbyVision = (profile: number, base: number) =>
  boxOf(profile > 7 ? 'dvvC' : 'dvcC', [
    1,
    0,
    (profile << 1) & 0xff,
    (1 << 3) | 0b101,
    base << 4,
    ...Array(19).fill(0),
  ]);

test.each([
  [5, 0],
  [8, 1],
])('Dolby Vision profile %i with base layer %i', async (profile, base) => {
  const path = await made(`dolby-${profile}.mp4`, x265(wide('smpte2084')));
  const way = ['moov', 'trak', 'mdia', 'minf', 'stbl', 'stsd', 'hvc1'];
  await writeFile(path, insertBox(await readFile(path), way, dolbyVision(profile, base)));
  const found = probeVideo(context, path);
  if (base === 0)
    return expect(found).rejects.toMatchObject({
      code: 'INPUT_CODEC_UNSUPPORTED',
      detail: expect.stringMatching(/profile 5.*Export/),
    });
  expect((await found).video.hdr).toEqual({ transfer: 'pq', peakNits: 1_000 });
});
