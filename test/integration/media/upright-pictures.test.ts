import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { thumbnails } from '../../../src/jobs/thumbnails.job.ts';
import { builds, ffmpeg } from '../../support/clips.ts';
import { encodeClip, planClip, readRendition, renditionsOf, tinyPolicy } from '../../support/encode-clip.ts';
import { outputsOf } from '../../support/finish-clip.ts';
import { createTestContext, type TestContext } from '../../support/job-context.ts';
import { rawFrames } from '../../support/make-pictures.ts';

type Colour = readonly [number, number, number];
const [red, green, blue, white]: Colour[] = [
  [191, 0, 0],
  [0, 191, 0],
  [0, 0, 191],
  [191, 191, 191],
];
/** Of a picture: top left, top right, bottom left, bottom right. */
type Corners = (Colour | undefined)[];

/** The display matrix of a track: what x and y become, as ISO/IEC 14496-12 has it (a, b, c, d). */
type Turn = readonly [number, number, number, number];

const across = (left: string, right: string) => `if(lt(X,48),${left},${right})`;
const down = (top: string, bottom: string) => `if(lt(Y,36),${top},${bottom})`;
/** One second of red and green, over blue and white. */
const fourColours =
  `color=black:s=96x72:r=10:d=1,format=gbrp,geq=r='${down(across('191', '0'), across('0', '191'))}'` +
  `:g='${down(across('0', '191'), across('0', '191'))}':b='${down(across('0', '0'), across('191', '191'))}'`;

describe.each(builds)('with $build', ({ tools }) => {
  let context: TestContext;
  beforeAll(async () => {
    context = await createTestContext({ tools: await tools(), policy: tinyPolicy });
  });
  afterAll(() => context.close());

  test.each<[string, Turn, Corners]>([
    ['as it is stored', [1, 0, 0, 1], [red, green, blue, white]],
    ['turned by 90°', [0, 1, -1, 0], [blue, red, white, green]],
    ['turned by 180°', [-1, 0, 0, -1], [white, blue, green, red]],
    ['turned by 270°', [0, -1, 1, 0], [green, white, red, blue]],
    ['mirrored', [-1, 0, 0, 1], [green, red, white, blue]],
    ['upside down', [1, 0, 0, -1], [blue, white, red, green]],
    ['mirrored and turned by 90°', [0, -1, -1, 0], [white, green, blue, red]],
    ['mirrored and turned by 270°', [0, 1, 1, 0], [red, blue, green, white]],
  ])(
    'a phone’s picture, %s: video, poster and sheet are upright, and in their colours',
    async (name, turn, corners) => {
      const path = join(context.root, `${name.replace(/\W+/g, '-')}.mp4`);
      await writeCorners(path, turn);
      const { videoId, runId, plan } = await encodeClip(context, path);
      await thumbnails.run(await context.context({ videoId, runId }));
      const { fileOf } = outputsOf(context, runId);

      const rung = plan.rungs.at(-1) ?? { width: 0, height: 0 };
      const { init, media } = await readRendition(context, runId, renditionsOf(plan).at(-1) ?? '');
      const joined = join(context.root, `${runId}.mp4`);
      await writeFile(joined, Buffer.concat([init, media]));
      expectCorners(await cornersOf(joined, rung, 'video'), corners);
      expectCorners(await cornersOf(fileOf('poster.jpg'), rung, 'jpeg'), corners);
      const sheet = { width: plan.thumbnails?.width ?? 0, height: plan.thumbnails?.height ?? 0 };
      expectCorners(await cornersOf(fileOf('sprite-1.jpg'), sheet, 'jpeg'), corners);
    },
  );

  test.each<[string, string, string[], Corners]>([
    ['RGB', `${fourColours},format=gbrp`, [], [red, green, blue, white]],
    [
      'HLG',
      // 75 %, which is the white of graphics: 203 cd/m2.
      'color=black:s=96x72:r=10:d=1,format=yuv420p10le,geq=lum=721:cb=512:cr=512',
      ['-color_primaries', 'bt2020', '-color_trc', 'arib-std-b67', '-colorspace', 'bt2020nc', '-color_range', 'tv'],
      Array.from({ length: 4 }, () => [230, 230, 230]),
    ],
  ])('a poster of %s shows the colours of the video', async (name, graph, signalled, corners) => {
    const path = join(context.root, `${name}.mkv`);
    await ffmpeg(['-f', 'lavfi', '-i', graph, '-c:v', 'ffv1', ...signalled, path]);
    const { videoId, runId, plan } = await planClip(context, path);
    await thumbnails.run(await context.context({ videoId, runId }));
    const { fileOf } = outputsOf(context, runId);
    const rung = plan.rungs.at(-1) ?? { width: 0, height: 0 };
    expectCorners(await cornersOf(fileOf('poster.jpg'), rung, 'jpeg'), corners);
    const sheet = { width: plan.thumbnails?.width ?? 0, height: plan.thumbnails?.height ?? 0 };
    expectCorners(await cornersOf(fileOf('sprite-1.jpg'), sheet, 'jpeg'), corners);
  });
});

/** One second of four colours, and the display matrix of its track in place of the one that ffmpeg wrote. */
async function writeCorners(path: string, [a, b, c, d]: Turn): Promise<void> {
  const graph = `${fourColours},scale=out_color_matrix=bt709:out_range=tv,format=yuv420p`;
  const signalled = ['-color_primaries', 'bt709', '-color_trc', 'bt709', '-colorspace', 'bt709', '-color_range', 'tv'];
  await ffmpeg(['-f', 'lavfi', '-i', graph, '-c:v', 'libx264', '-qp', '4', ...signalled, path]);
  const bytes = await readFile(path);
  // Version 0 of the box: its matrix of nine stands 40 bytes behind its name and flags.
  const matrix = bytes.indexOf('tkhd') + 4 + 40;
  const fixed = (value: number, at: number) => bytes.writeInt32BE(value * 65_536, matrix + 4 * at);
  for (const [at, value] of [a, b, 0, c, d, 0, 0, 0].entries()) fixed(value, at);
  await writeFile(path, bytes);
}

/** Red, green and blue (0 to 255) near the corners of the first picture, by the matrix that its kind of file has. */
async function cornersOf(
  path: string,
  size: { width: number; height: number },
  kind: 'video' | 'jpeg',
): Promise<Colour[]> {
  const pixelFormat = kind === 'video' ? 'yuv420p' : 'yuvj420p';
  const bytes = await readFile(await rawFrames(path, pixelFormat));
  // A sheet has one row of pictures, side by side.
  const width = kind === 'video' ? size.width : Math.round(bytes.length / 1.5 / size.height);
  const plane = width * size.height;
  const [r, b] = kind === 'video' ? [0.2126, 0.0722] : [0.299, 0.114];
  const [zero, span, colourSpan] = kind === 'video' ? [16, 219, 224] : [0, 255, 255];
  const at = (x: number, y: number): Colour => {
    const luma = ((bytes[y * width + x] ?? 0) - zero) / span;
    const colour = plane + Math.floor(y / 2) * (width / 2) + Math.floor(x / 2);
    const cb = ((bytes[colour] ?? 0) - 128) / colourSpan;
    const cr = ((bytes[colour + plane / 4] ?? 0) - 128) / colourSpan;
    const [redLight, blueLight] = [luma + 2 * (1 - r) * cr, luma + 2 * (1 - b) * cb];
    const greenLight = (luma - r * redLight - b * blueLight) / (1 - r - b);
    return [255 * redLight, 255 * greenLight, 255 * blueLight];
  };
  const [x, y] = [Math.floor(size.width / 4), Math.floor(size.height / 4)];
  return [at(x, y), at(size.width - x, y), at(x, size.height - y), at(size.width - x, size.height - y)];
}

function expectCorners(shown: Colour[], corners: Corners): void {
  for (const [corner, expected] of corners.entries()) {
    for (const [at, value] of (expected ?? []).entries()) {
      expect(Math.abs((shown[corner]?.[at] ?? -100) - value), `corner ${corner}: ${shown[corner]}`).toBeLessThan(16);
    }
  }
}
