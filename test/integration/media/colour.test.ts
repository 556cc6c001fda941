import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ProbedVideo } from '../../../src/plan/probe.ts';
import { builds } from '../../support/clips.ts';
import { codesOf, readPatches, writePatches } from '../../support/colour-patches.ts';
import { deltaE2000, type Signal } from '../../support/delta-e.ts';
import { makePictures } from '../../support/make-pictures.ts';
import { signalledColour } from '../../support/signalled-colour.ts';

/** Bars of 75 % and 100 %, greys, and what stands between. */
const bars: Signal[] = [
  ...[0, 0.1, 0.25, 0.5, 0.75, 1].map((value): Signal => [value, value, value]),
  ...[0.75, 1].flatMap((top): Signal[] => [
    ...([
      [top, top, 0],
      [0, top, top],
      [0, top, 0],
      [top, 0, top],
      [top, 0, 0],
      [0, 0, top],
    ] satisfies Signal[]),
  ]),
  ...([
    [0.8, 0.6, 0.5],
    [0.35, 0.25, 0.2],
    [0.45, 0.6, 0.8],
    [0.3, 0.45, 0.2],
  ] satisfies Signal[]),
];
/** Without full saturation at full level: there, at the very corner of BT.709, a map of 33 steps is off by up to 5. */
const soft = bars.filter((bar) => !bar.includes(1) || !bar.includes(0));
const greys: Signal[] = [0, 0.1, 0.25, 0.5, 0.75, 1].map((value) => [value, value, value]);

/** From linear light of BT.709 to that of a wider gamut: Recommendation ITU-R BT.2087, and SMPTE EG 432-1 with daylight. */
const widened = {
  bt2020: [
    [0.6274, 0.3293, 0.0433],
    [0.0691, 0.9195, 0.0114],
    [0.0164, 0.088, 0.8956],
  ],
  smpte432: [
    [0.8225, 0.1775, 0],
    [0.0332, 0.9668, 0],
    [0.0171, 0.0724, 0.9105],
  ],
};

function widen(signal: Signal, matrix: number[][]): Signal {
  const light = signal.map((value) => value ** 2.4);
  const [red = 0, green = 0, blue = 0] = matrix.map(
    (row) => row.reduce((sum, share, at) => sum + share * (light[at] ?? 0), 0) ** (1 / 2.4),
  );
  return [red, green, blue];
}

interface Source {
  name: string;
  pixelFormat: string;
  matrix: string;
  range?: 'limited' | 'full';
  primaries?: string;
  transfer?: string;
  bits?: number;
  patches?: Signal[];
  video?: string[];
  /** The primaries are these: what is stored are the same colours in a wider gamut. */
  widened?: keyof typeof widened;
}

const sources: Source[] = [
  { name: 'BT.709', pixelFormat: 'yuv420p', matrix: 'bt709' },
  {
    name: 'BT.601 of 525 lines',
    pixelFormat: 'yuv420p',
    matrix: 'smpte170m',
    primaries: 'smpte170m',
    transfer: 'smpte170m',
  },
  { name: 'BT.601 of 625 lines', pixelFormat: 'yuv420p', matrix: 'bt470bg', primaries: 'bt470bg', transfer: 'bt470bg' },
  { name: 'SMPTE 240M', pixelFormat: 'yuv420p', matrix: 'smpte240m' },
  { name: 'FCC', pixelFormat: 'yuv420p', matrix: 'fcc' },
  { name: 'the matrix of BT.2020 alone', pixelFormat: 'yuv420p10le', matrix: 'bt2020nc', bits: 10 },
  { name: 'full range', pixelFormat: 'yuv420p', matrix: 'bt709', range: 'full' },
  {
    name: 'full range of BT.601, as MJPEG has it',
    pixelFormat: 'yuvj420p',
    matrix: 'smpte170m',
    range: 'full',
    video: ['-c:v', 'mjpeg', '-q:v', '1'],
  },
  { name: 'RGB', pixelFormat: 'gbrp', matrix: 'gbr', range: 'full', transfer: 'iec61966-2-1' },
  { name: 'RGB of 10 bits', pixelFormat: 'gbrp10le', matrix: 'gbr', range: 'full', bits: 10 },
  { name: '4:2:2', pixelFormat: 'yuv422p', matrix: 'bt709' },
  { name: '4:4:4', pixelFormat: 'yuv444p', matrix: 'bt709' },
  { name: '4:4:4 of BT.601', pixelFormat: 'yuv444p', matrix: 'smpte170m' },
  { name: '10 bits', pixelFormat: 'yuv420p10le', matrix: 'bt709', bits: 10 },
  { name: '4:2:2 of 10 bits and BT.601', pixelFormat: 'yuv422p10le', matrix: 'smpte170m', bits: 10 },
  { name: '12 bits', pixelFormat: 'yuv444p12le', matrix: 'bt709', bits: 12 },
  { name: 'full range of 10 bits', pixelFormat: 'yuv420p10le', matrix: 'bt709', range: 'full', bits: 10 },
  { name: 'BT.2020', pixelFormat: 'yuv420p10le', matrix: 'bt2020nc', bits: 10, widened: 'bt2020', patches: soft },
  { name: 'Display P3', pixelFormat: 'yuv420p', matrix: 'bt709', widened: 'smpte432', patches: soft },
  { name: 'grey', pixelFormat: 'gray', matrix: 'bt709', patches: greys },
  { name: 'grey of full range', pixelFormat: 'gray', matrix: 'bt709', range: 'full', patches: greys },
];

describe.each(builds)('with $build', ({ tools }) => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'reelmill-colour-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test.each(sources)('colour bars of $name are shown as they were meant', async (source) => {
    const {
      pixelFormat,
      matrix,
      range = 'limited',
      primaries = source.widened ?? 'bt709',
      transfer = 'bt709',
      bits = 8,
    } = source;
    const { patches = bars, video = ['-c:v', 'ffv1', '-level', '3'] } = source;
    const workDir = await mkdtemp(join(folder, 'bars-'));
    const path = join(workDir, 'source.mkv');
    const planes = pixelFormat.startsWith('gray') ? 1 : 3;
    const wider = source.widened;
    const stored = wider ? patches.map((patch) => widen(patch, widened[wider])) : patches;
    const codes = stored.map((signal) => codesOf(signal, { matrix, range, bits }).slice(0, planes));
    const size = await writePatches(path, codes, pixelFormat, video);
    const found: Partial<ProbedVideo> = {
      ...{ codedWidth: size.width, codedHeight: size.height, ...size, pixelFormat },
      colour: { primaries, transfer, matrix, range },
    };
    const made = await makePictures({
      ...{ tools: await tools(), workDir, path, demuxer: 'matroska', found },
      timeBase: { numerator: 1, denominator: 1_000 },
    });
    const shown = await readPatches(made.path, size);
    const differences = patches.map((patch, at) => deltaE2000(shown[at] ?? [0, 0, 0], patch));
    expect(Math.max(...differences)).toBeLessThan(2);

    const { output } = made.picture;
    expect(output).toMatchObject({
      matrix: 'bt709',
      range: 'limited',
      primaries: source.widened ? 'bt709' : primaries,
    });
    expect(await signalledColour(made.path)).toEqual([
      output.primaries,
      output.transfer,
      'bt709',
      'tv',
      '1:1',
      'yuv420p',
    ]);
  });
});
