import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { standardPolicy } from '../../../src/plan/policy.ts';
import type { Probe } from '../../../src/plan/probe.ts';
import { builds, ffmpeg } from '../../support/clips.ts';
import { createTestContext, type TestContext } from '../../support/job-context.ts';
import { probeFile, probeVideo } from '../../support/probed.ts';

let context: TestContext;
let folder: string;
beforeAll(async () => {
  context = await createTestContext();
  folder = await mkdtemp(join(tmpdir(), 'reelmill-tracks-'));
});
afterAll(async () => {
  await context.close();
  await rm(folder, { recursive: true });
});

const picture = (size: string, seconds = 1) => ['-f', 'lavfi', '-i', `testsrc2=s=${size}:d=${seconds}`];
const sound = (channels: number) => [
  '-f',
  'lavfi',
  '-i',
  `aevalsrc=${Array(channels).fill('0.1*sin(2000*t)').join('|')}:d=1`,
];
const x264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'];
/** Every input is taken. */
const made = async (name: string, inputs: string[][], output: string[]): Promise<string> => {
  const path = join(folder, name);
  await ffmpeg([...inputs.flat(), ...inputs.flatMap((_, index) => ['-map', `${index}`]), ...x264, ...output, path]);
  return path;
};
const languages = (...names: string[]) =>
  names.flatMap((name, index) => [`-metadata:s:a:${index}`, `language=${name}`]);
const tracksOf = ({ audio }: Probe) =>
  audio.map(({ streamIndex, channels, language, isDefault }) => [streamIndex, channels, language, isDefault]);

describe.each(builds)('with $build', ({ tools }) => {
  let context: TestContext;
  beforeAll(async () => {
    context = await createTestContext({ tools: await tools() });
  });
  afterAll(() => context.close());

  // FLAC of PCM: MP4 does not take it as it is.
  test('several languages of a TS keep theirs through its remux, the default one first', async () => {
    const inputs = [picture('64x36'), sound(1), sound(2), sound(2)];
    const output = ['-c:a', 'mp2', '-c:a:2', 's302m', '-strict', '-2', ...languages('deu', 'fre', 'eng')];
    const found = await probeFile(context, await made('languages.ts', inputs, output));
    expect(found.source.remuxed).toBe(true);
    expect(tracksOf(found)).toEqual([
      [1, 2, 'fr', true],
      [2, 1, 'de', false],
      [3, 2, 'en', false],
    ]);
    expect(found.audio.map(({ codec }) => codec)).toEqual(['mp2', 'mp2', 's302m']);
  });
});

test('several languages of an MP4, the flagged one first', async () => {
  const inputs = [picture('64x36'), sound(2), sound(1), sound(1)];
  const output = [
    '-c:a',
    'aac',
    ...languages('eng', 'chi', 'und'),
    '-disposition:a:0',
    '0',
    '-disposition:a:1',
    'default',
  ];
  const found = await probeFile(context, await made('languages.mp4', inputs, output));
  expect(tracksOf(found)).toEqual([
    [2, 1, 'zh', true],
    [1, 2, 'en', false],
    [3, 1, null, false],
  ]);
  expect(found.warnings).toEqual([]);
});

test('a commentary and hostile names', async () => {
  const title = (text: string) => ['-metadata:s:a:0', `title=${text}`];
  const output = [
    ...['-c:a', 'flac', ...languages('../../etc/passwd', 'eng'), ...title(`a\u001b[2J\u202e${'x'.repeat(5_000)}`)],
    ...['-disposition:a:0', 'default+comment', '-disposition:a:1', '0'],
  ];
  const { audio } = await probeFile(context, await made('names.mkv', [picture('64x36'), sound(2), sound(1)], output));
  expect(audio.map(({ language, isDefault }) => [language, isDefault])).toEqual([
    ['en', true],
    [null, false],
  ]);
  expect(audio[1]?.title).toBe(`a [2J${'x'.repeat(95)}`);
});

test('of more tracks than the policy takes the rest is left out', async () => {
  const policy = { ...standardPolicy, audio: { ...standardPolicy.audio, mostTracks: 2 } };
  const few = await createTestContext({ policy });
  try {
    const path = await made(
      'many.mkv',
      [picture('64x36'), sound(1), sound(1), sound(2)],
      [...['-c:a', 'flac', '-disposition:a', '0']],
    );
    const found = await probeFile(few, path);
    expect(tracksOf(found).map(([index]) => index)).toEqual([3, 1]);
    expect(found.warnings.map(({ code }) => code)).toEqual(['audio_tracks_ignored']);
  } finally {
    await few.close();
  }
});

test('of several pictures the one is used that ffmpeg would choose, and the report names it', async () => {
  const path = await made(
    'pictures.mkv',
    [picture('64x36'), picture('128x72'), picture('96x54')],
    [...['-disposition:v', '0']],
  );
  const found = await probeFile(context, path);
  expect(found.video).toMatchObject({ streamIndex: 1, codedWidth: 128 });
  expect(found.warnings).toEqual([
    { code: 'stream_chosen', detail: 'Of 3 video tracks one is used: stream 1, 128x72, h264.' },
  ]);
});

const cover = ['-f', 'lavfi', '-i', 'testsrc2=s=640x640:d=0.04'];

test.each([
  ['an MP4', 'cover.mp4', ['-c:v:1', 'mjpeg', '-pix_fmt:v:1', 'yuvj420p', '-disposition:v:1', 'attached_pic']],
  ['an MKV, not flagged', 'cover.mkv', ['-c:v:1', 'mjpeg', '-pix_fmt:v:1', 'yuvj420p']],
  ['an MP4, not flagged', 'plain.mp4', ['-c:v:1', 'mjpeg', '-pix_fmt:v:1', 'yuvj420p']],
  ['an MKV, as PNG', 'png.mkv', ['-c:v:1', 'png', '-pix_fmt:v:1', 'rgb24']],
])('the cover of %s is never the video, though it is larger', async (_, name, output) => {
  const { video, codes } = await probeVideo(context, await made(name, [picture('128x72'), cover], output));
  expect(video).toMatchObject({ codedWidth: 128, codec: 'h264' });
  expect(codes.filter((code) => code !== 'remuxed')).toEqual([]);
});

test('a cover attached to an MKV is not the video', async () => {
  const picked = join(folder, 'cover.jpg');
  await ffmpeg([...cover, '-frames:v', '1', picked]);
  const path = join(folder, 'attached.mkv');
  const attached = ['-attach', picked, '-metadata:s:t', 'mimetype=image/jpeg', '-metadata:s:t', 'filename=cover.jpg'];
  await ffmpeg([...picture('128x72'), ...x264, ...attached, path]);
  const { video, codes } = await probeVideo(context, path);
  expect(video.codedWidth).toBe(128);
  expect(codes).toEqual([]);
});

test.each([
  ['a JPEG alone in an MKV', 'still.mkv', ['-c:v', 'mjpeg', '-pix_fmt', 'yuvj420p']],
  ['a PNG alone in an MKV', 'still-png.mkv', ['-c:v', 'png', '-pix_fmt', 'rgb24']],
])('%s is no video', async (_, name, output) => {
  const path = join(folder, name);
  await ffmpeg([...cover, ...output, path]);
  await expect(probeFile(context, path)).rejects.toMatchObject({ code: 'INPUT_NO_VIDEO' });
});

// The size of VP8 stands in its own frames: here 128x72, where Matroska says 64x36.
test('a header that says another size than the pictures have', async () => {
  const path = join(folder, 'size.webm');
  const vp8 = ['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8'];
  await ffmpeg([...picture('128x72'), ...vp8, path]);
  const bytes = await readFile(path);
  for (const [id, from, to] of [
    [0xb0, 128, 64],
    [0xba, 72, 36],
  ] as const) {
    const at = bytes.indexOf(Buffer.from([id, 0x81, from])); // PixelWidth, PixelHeight (RFC 9559, 5.1.4.1.28)
    expect(at).toBeGreaterThan(0);
    bytes.writeUInt8(to, at + 2);
  }
  await writeFile(path, bytes);
  const { video, codes } = await probeVideo(context, path);
  expect(video).toMatchObject({ codedWidth: 128, codedHeight: 72, width: 128, height: 72 });
  expect(codes).toEqual(['size_corrected']);
  const limits = { maxPixels: 128 * 72 - 1 };
  const strict = await createTestContext({ limits });
  await expect(probeFile(strict, path)).rejects.toMatchObject({ code: 'INPUT_TOO_LARGE_PIXELS' });
  await strict.close();
});
