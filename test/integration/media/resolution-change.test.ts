import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { thumbnails } from '../../../src/jobs/thumbnails.job.ts';
import type { ProbedVideo } from '../../../src/plan/probe.ts';
import { builds, ffmpeg } from '../../support/clips.ts';
import { encodeClip, readRendition, renditionsOf, tinyPolicy } from '../../support/encode-clip.ts';
import { outputsOf } from '../../support/finish-clip.ts';
import { createTestContext } from '../../support/job-context.ts';
import { makePictures, rawFrames } from '../../support/make-pictures.ts';

const width = 128;
const height = 72;
const frames = 60;

let folder: string;
let path: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reelmill-sizes-'));
  path = join(folder, 'source.mp4');
  // Grey that says the number of the frame; the second half is of 4:3, and smaller.
  const half = async (size: string, from: number) => {
    const part = join(folder, `${from}.ts`);
    const graph = `color=black:s=${size}:r=25,format=yuv420p,geq=lum='60+2*(N+${from})':cb=128:cr=128`;
    await ffmpeg([
      ...[
        '-f',
        'lavfi',
        '-i',
        graph,
        '-frames:v',
        `${frames / 2}`,
        '-c:v',
        'libx264',
        '-qp',
        '0',
        '-bf',
        '0',
        '-g',
        '10',
      ],
      ...['-muxdelay', '0', '-muxpreload', '0', '-output_ts_offset', `${from / 25}`, part],
    ]);
    return readFile(part);
  };
  const joined = join(folder, 'joined.ts');
  await writeFile(joined, Buffer.concat([await half(`${width}x${height}`, 0), await half('64x48', frames / 2)]));
  await ffmpeg(['-i', joined, '-c', 'copy', '-video_track_timescale', '12800', path]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe.each(builds)('with $build', ({ tools }) => {
  const colour = { primaries: 'bt709', transfer: 'bt709', matrix: 'bt709', range: 'limited' } as const;
  const size = { codedWidth: width, codedHeight: height, width, height, colour };
  const make = async (
    found: Partial<ProbedVideo>,
    span?: { start: number; end: number | null; seek: number | null },
  ) => {
    const made = await makePictures({
      ...{ tools: await tools(), workDir: await mkdtemp(join(folder, 'work-')), path, demuxer: 'mov', found },
      timeBase: { numerator: 1, denominator: 12_800 },
      ...(span ? { span } : {}),
    });
    const bytes = await readFile(await rawFrames(made.path, 'yuv420p'));
    const frame = (width * height * 3) / 2;
    const shown = Array.from({ length: bytes.length / frame }, (_, number) => {
      const at = (x: number, y: number) => bytes[number * frame + y * width + x] ?? 0;
      return {
        middle: at(width / 2, height / 2),
        left: at(4, height / 2),
        right: at(width - 5, height / 2),
        top: at(width / 2, 1),
      };
    });
    return { shown, sizes: made.sizes };
  };

  test.each<[string, Partial<ProbedVideo>]>([
    ['as they are', {}],
    ['deinterlaced', { scan: 'tff' }],
  ])(
    'a size that changes in mid-stream: no frame is lost, and all of each is shown undistorted (%s)',
    async (_, found) => {
      const { shown, sizes } = await make({ ...size, ...found });
      expect(sizes).toEqual(['128x72', '64x48']);
      expect(shown).toHaveLength(frames);
      for (const [number, { middle, left, right, top }] of shown.entries()) {
        const grey = 60 + 2 * number;
        const wide = number < frames / 2;
        expect(Math.abs(middle - grey), `frame ${number}`).toBeLessThan(3);
        expect(Math.abs(top - grey)).toBeLessThan(3);
        // 4:3 in 16:9: black beside it.
        for (const edge of [left, right]) expect(Math.abs(edge - (wide ? grey : 16))).toBeLessThan(3);
      }
    },
  );

  test('colours are mapped behind the change, too', async () => {
    const hdr = { primaries: 'bt2020', transfer: 'arib-std-b67', matrix: 'bt2020nc', range: 'limited' } as const;
    const { shown } = await make({ ...size, colour: hdr, hdr: { transfer: 'hlg', peakNits: 1_000 } });
    expect(shown).toHaveLength(frames);
    const brightness = shown.map(({ middle }) => middle);
    expect(brightness).toEqual([...brightness].sort((a, b) => a - b));
    expect(shown.at(-1)?.left).toBe(16);
  });

  test('a segment that begins behind the change is fitted into the first size, as its neighbours are', async () => {
    const whole = await make(size);
    const start = (40 * 12_800) / 25;
    const { shown, sizes } = await make(size, { start, end: null, seek: start });
    expect(sizes).toEqual(['64x48']);
    expect(shown).toEqual(whole.shown.slice(40));
  });

  test('a source of one size is run once, with nothing fitted', async () => {
    const { sizes, shown } = await make(size, { start: 0, end: (20 * 12_800) / 25, seek: null });
    expect(sizes).toEqual(['128x72']);
    expect(shown).toHaveLength(20);
  });

  test('the real way makes its video and its thumbnails, and keeps the sizes for the report', async () => {
    const context = await createTestContext({ tools: await tools(), policy: tinyPolicy });
    try {
      const { videoId, runId, plan } = await encodeClip(context, path);
      const segments = context.artefacts(runId).filter(({ kind }) => kind === 'segment');
      expect(segments.map(({ facts }) => facts.pictureSizes)).toEqual(plan.rungs.map(() => ['128x72', '64x48']));
      const { frames: made } = await readRendition(context, runId, renditionsOf(plan)[0] ?? '');
      expect(made).toHaveLength(frames);

      await thumbnails.run(await context.context({ videoId, runId }));
      const { width: across = 0, height: down = 0 } = plan.thumbnails ?? {};
      const sheet = await readFile(await rawFrames(outputsOf(context, runId).fileOf('sprite-1.jpg'), 'yuvj420p'));
      const row = (down / 2) * 2 * across;
      // The second picture, at 2 s, is one of the smaller ones: black beside it.
      expect([sheet[row + 8], sheet[row + across + 8]].map((luma) => (luma ?? 0) > 30)).toEqual([true, false]);
      expect(sheet[row + across + across / 2]).toBeGreaterThan(100);
    } finally {
      await context.close();
    }
  });
});
