import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ProbedVideo } from '../../../src/plan/probe.ts';
import { builds, ffmpeg } from '../../support/clips.ts';
import { makePictures, rawFrames } from '../../support/make-pictures.ts';
import { signalledColour } from '../../support/signalled-colour.ts';

const mkv = { demuxer: 'matroska', timeBase: { numerator: 1, denominator: 1_000 } };
const mp4 = { demuxer: 'mov', timeBase: { numerator: 1, denominator: 12_800 } };

/** Grey in the corners of a picture: top left, top right, bottom left, bottom right. */
type Corners = readonly [number, number, number, number];
const stored: Corners = [60, 110, 160, 210];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reelmill-pictures-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A clip of one source filter graph, as codec options say; nothing is lost unless they say so. */
async function clipOf(name: string, graph: string, output: string[]): Promise<string> {
  const path = join(folder, name);
  await ffmpeg(['-f', 'lavfi', '-i', graph, '-frames:v', '8', ...output, path]);
  return path;
}

describe.each(builds)('with $build', ({ tools }) => {
  const make = async (path: string, found: Partial<ProbedVideo>, more: object = mkv) => {
    const workDir = await mkdtemp(join(folder, 'work-'));
    const input = more as typeof mkv;
    return makePictures({ tools: await tools(), workDir, path, found, ...input });
  };

  test.each<[ProbedVideo['rotation'], boolean, Corners]>([
    [0, false, [60, 110, 160, 210]],
    [90, false, [160, 60, 210, 110]],
    [180, false, [210, 160, 110, 60]],
    [270, false, [110, 210, 60, 160]],
    [0, true, [110, 60, 210, 160]],
    [90, true, [210, 110, 160, 60]],
    [180, true, [160, 210, 60, 110]],
    [270, true, [60, 160, 110, 210]],
  ])('rotation %d (mirrored: %s): each corner is where it belongs', async (rotation, mirrored, corners) => {
    const [a, b, c, d] = stored;
    const grey = `if(lt(Y,24),if(lt(X,32),${a},${b}),if(lt(X,32),${c},${d}))`;
    // What the file itself asks for is not done a second time by ffmpeg.
    const path = await clipOf(
      `corners-${rotation}-${mirrored}.mp4`,
      `color=black:s=64x48:r=25,format=yuv420p,geq=lum='${grey}':cb=128:cr=128`,
      ['-c:v', 'libx264', '-qp', '0', '-metadata:s:v:0', `rotate=${rotation}`],
    );
    const [width, height] = rotation % 180 === 0 ? [64, 48] : [48, 64];
    const found = { codedWidth: 64, codedHeight: 48, width, height, rotation, mirrored };
    const { path: made } = await make(path, found, mp4);
    const luma = await readFile(await rawFrames(made, 'yuv420p'));
    const at = (x: number, y: number) => luma[y * width + x] ?? 0;
    const shown = [at(4, 4), at(width - 5, 4), at(4, height - 5), at(width - 5, height - 5)];
    expect(luma.length).toBe(8 * 1.5 * width * height);
    for (const [corner, value] of corners.entries()) expect(Math.abs((shown[corner] ?? 0) - value)).toBeLessThan(4);
    expect((await signalledColour(made)).at(4)).toBe('1:1');
  });

  const card = (size: string) => `testsrc2=s=${size}:r=25`;
  const colour = { primaries: 'bt709', transfer: 'bt709', matrix: 'bt709', range: 'limited' } as const;
  const asIs = { codedWidth: 160, codedHeight: 90, width: 160, height: 90, colour };
  const to601 = 'scale=out_color_matrix=bt601:out_range=tv';
  const ffv1 = ['-c:v', 'ffv1', '-level', '3'];

  test.each<{
    name: string;
    graph: string;
    output: string[];
    found: Partial<ProbedVideo>;
    same: string;
    input?: string[];
  }>([
    {
      name: '4:2:2',
      ...{ graph: `${card('160x90')},format=yuv422p`, output: ffv1, found: { ...asIs, pixelFormat: 'yuv422p' } },
      same: 'zscale=filter=bicubic,format=yuv420p',
    },
    {
      name: '4:4:4',
      ...{ graph: `${card('160x90')},format=yuv444p`, output: ffv1, found: { ...asIs, pixelFormat: 'yuv444p' } },
      same: 'zscale=filter=bicubic,format=yuv420p',
    },
    {
      name: '10 bits',
      ...{
        graph: `${card('160x90')},format=yuv420p10le`,
        output: ffv1,
        found: { ...asIs, pixelFormat: 'yuv420p10le' },
      },
      same: 'zscale,format=yuv420p',
    },
    {
      name: '12 bits',
      graph: `${card('160x90')},format=yuv422p12le`,
      ...{ output: ffv1, found: { ...asIs, pixelFormat: 'yuv422p12le' }, same: 'zscale=filter=bicubic,format=yuv420p' },
    },
    {
      name: 'full range',
      graph: `${card('160x90')},scale=out_range=pc,format=yuv420p`,
      output: [...ffv1, '-color_range', 'pc'],
      found: { ...asIs, colour: { ...colour, range: 'full' } },
      same: 'zscale=rangein=full:range=limited,format=yuv420p',
    },
    {
      name: 'RGB',
      graph: `${card('160x90')},format=gbrp`,
      output: ffv1,
      found: { ...asIs, pixelFormat: 'gbrp', colour: { ...colour, matrix: 'gbr', range: 'full' } },
      same: 'zscale=matrixin=gbr:matrix=709:range=limited:filter=bicubic,format=yuv420p',
    },
    {
      name: 'BT.601',
      graph: `${card('160x90')},${to601},format=yuv420p`,
      output: ffv1,
      found: { ...asIs, colour: { ...colour, matrix: 'smpte170m' } },
      same: 'zscale=matrixin=170m:matrix=709:rangein=limited:range=limited,format=yuv420p',
    },
    {
      name: 'alpha',
      graph: `${card('160x90')},format=yuva420p,geq=lum='lum(X,Y)':cb='cb(X,Y)':cr='cr(X,Y)':a='mod(X*3,256)'`,
      output: ffv1,
      found: { ...asIs, pixelFormat: 'yuva420p', alpha: true },
      same: "geq=lum='16+(lum(X,Y)-16)*alpha(X,Y)/255':cb='128+(cb(X,Y)-128)*alpha(2*X,2*Y)/255':cr='128+(cr(X,Y)-128)*alpha(2*X,2*Y)/255',format=yuv420p",
    },
    {
      name: 'alpha of VP9, which ffmpeg’s own decoder does not see',
      graph: `${card('160x90')},format=yuva420p,geq=lum='lum(X,Y)':cb='cb(X,Y)':cr='cr(X,Y)':a='if(gt(X,80),255,40)'`,
      output: ['-c:v', 'libvpx-vp9', '-lossless', '1', '-deadline', 'realtime', '-cpu-used', '8', '-auto-alt-ref', '0'],
      found: { ...asIs, codec: 'vp9', pixelFormat: 'yuv420p', alpha: true },
      input: ['-c:v', 'libvpx-vp9'],
      same: "geq=lum='16+(lum(X,Y)-16)*alpha(X,Y)/255':cb='128+(cb(X,Y)-128)*alpha(2*X,2*Y)/255':cr='128+(cr(X,Y)-128)*alpha(2*X,2*Y)/255',format=yuv420p",
    },
    {
      name: 'two fields, the top one first',
      graph: `${card('160x96')},interlace=scan=tff,format=yuv420p`,
      output: ffv1,
      found: { ...asIs, codedHeight: 96, height: 96, scan: 'tff' },
      same: 'bwdif=mode=0:parity=0:deint=0,format=yuv420p',
    },
    {
      name: 'pixels that are not square',
      graph: `${card('120x96')},setsar=4/3,format=yuv420p`,
      output: ffv1,
      found: { ...asIs, codedWidth: 120, codedHeight: 96, width: 160, height: 96 },
      same: 'zscale=w=160:h=96:filter=bicubic,setsar=1,format=yuv420p',
    },
    {
      name: 'odd sizes',
      graph: `${card('161x91')},format=yuv444p`,
      output: ffv1,
      found: { ...asIs, codedWidth: 161, codedHeight: 91, pixelFormat: 'yuv444p' },
      same: 'zscale=w=160:h=90:filter=bicubic,setsar=1,format=yuv420p',
    },
  ])(
    '$name: pictures are those of the source, filtered in the same way',
    async ({ name, graph, output, found, same, input = [] }) => {
      const file = `${name.replace(/\W+/g, '-')}.${output.includes('libvpx-vp9') ? 'webm' : 'mkv'}`;
      const path = await clipOf(file, graph, output);
      const { path: made } = await make(path, found);
      const log = await ffmpeg([
        ...['-v', 'info', '-i', made, ...input, '-i', path, '-lavfi'],
        `[1:v]${same},setpts=N/25/TB[source];[0:v]setpts=N/25/TB[made];[made][source]ssim`,
        ...['-f', 'null', '-'],
      ]);
      expect(Number(/All:([\d.]+)/.exec(log)?.[1])).toBeGreaterThan(0.98);
      expect((await signalledColour(made)).slice(1)).toEqual(['bt709', 'bt709', 'tv', '1:1', 'yuv420p']);
    },
  );
});
