import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { thumbnails } from '../../../src/jobs/thumbnails.job.ts';
import { builds, type ClipOptions, ffmpeg, makeClip } from '../../support/clips.ts';
import { planClip, tinyPolicy } from '../../support/encode-clip.ts';
import { outputsOf } from '../../support/finish-clip.ts';
import { createTestContext, type TestContext } from '../../support/job-context.ts';

/** Grey that says what time it is: 6 levels a second, from 40 (no black). */
const clock = "geq=lum='40+6*T':cb=128:cr=128";
const clockClip = (name: string, changes: Partial<ClipOptions> = {}) =>
  makeClip({ name, seconds: 25, fps: 25, size: '192x108', audio: null, filter: clock, ...changes });
const x264 = (...params: string[]) => ['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '12', ...params];

describe.each(builds)('with $build', ({ tools }) => {
  let context: TestContext;
  beforeAll(async () => {
    context = await createTestContext({ tools: await tools(), policy: tinyPolicy });
  });
  afterAll(() => context.close());

  async function thumbnailsOf(path: string) {
    const { videoId, runId, plan } = await planClip(context, path);
    await thumbnails.run(await context.context({ videoId, runId }));
    return { plan, ...outputsOf(context, runId) };
  }

  test.each<[string, Partial<ClipOptions>]>([
    ['keyframes', { video: x264('-g', '50', '-keyint_min', '50', '-sc_threshold', '0') }],
    ['drifting keyframes', { video: x264('-g', '44', '-keyint_min', '44', '-sc_threshold', '0') }],
    ['references', { video: x264('-g', '250', '-sc_threshold', '0') }],
    ['all', { video: x264('-g', '250', '-sc_threshold', '0'), fps: 5 }],
    ['late', { video: x264('-g', '250', '-sc_threshold', '0'), container: 'mkv', output: ['-output_ts_offset', '10'] }],
  ])('every picture of a sheet is of its span, or of at most half a second before: %s', async (name, changes) => {
    const { plan, fileOf, read } = await thumbnailsOf(await clockClip(name, changes));
    const { columns = 0, rows = 0, width = 0, height = 0, count } = plan.thumbnails ?? {};
    expect([count, columns, rows, width, height]).toEqual([13, 10, 2, 160, 90]);
    const sheet = await greyOf(fileOf('sprite-1.jpg'));
    expect(sheet.length).toBe(columns * width * rows * height);
    const cues = [
      ...(await read('thumbnails.vtt')).toString().matchAll(/(\S+) --> .*\nsprite-1\.jpg#xywh=(\d+),(\d+)/g),
    ];
    expect(cues).toHaveLength(13);
    for (const [, start = '', x, y] of cues) {
      const middle = (Number(y) + height / 2) * columns * width + Number(x) + width / 2;
      const shown = secondsOf(sheet[middle] ?? 0);
      const wanted = Number(start.split(':').at(-1));
      expect(shown, `at ${start}`).toBeGreaterThan(wanted - 0.75);
      expect(shown, `at ${start}`).toBeLessThan(wanted + (name === 'drifting keyframes' ? 2 : 0.25));
    }
  });

  test('the poster is the picture at a tenth of the clip, in the size of its best rung', async () => {
    const { plan, fileOf } = await thumbnailsOf(
      await clockClip('references', { video: x264('-g', '250', '-sc_threshold', '0') }),
    );
    const grey = await greyOf(fileOf('poster.jpg'));
    const [, best] = plan.rungs.map((rung) => rung.width * rung.height).sort((a, b) => a - b);
    expect(grey.length).toBe(best);
    expect(secondsOf(grey[grey.length / 2] ?? 0)).toBeCloseTo(2.5, 0);
  });

  test('a poster is looked for behind black pictures; where all is black there is one too', async () => {
    const black = (until: number) => ({ filter: `drawbox=t=fill:color=black:enable='lt(t,${until})'`, seconds: 12 });
    const bright = await thumbnailsOf(await clockClip('black-start', black(7)));
    expect(mean(await greyOf(bright.fileOf('poster.jpg')))).toBeGreaterThan(60);
    const dark = await thumbnailsOf(await clockClip('all-black', black(20)));
    expect(mean(await greyOf(dark.fileOf('poster.jpg')))).toBeLessThan(5);
  });

  test('a clip of one frame has a poster and a sheet of one picture', async () => {
    const { plan, fileOf, read } = await thumbnailsOf(await clockClip('one', { seconds: 0.04 }));
    expect(plan.thumbnails?.count).toBe(1);
    expect((await greyOf(fileOf('sprite-1.jpg'))).length).toBe(160 * 90);
    expect((await greyOf(fileOf('poster.jpg'))).length).toBeGreaterThan(0);
    expect((await read('thumbnails.vtt')).toString()).toContain('00:00:00.000 --> 00:00:00.040');
  });
});

async function greyOf(jpeg: string): Promise<Buffer> {
  const raw = `${jpeg}.${process.pid}.grey`;
  await ffmpeg(['-i', jpeg, '-pix_fmt', 'gray', '-f', 'rawvideo', raw]);
  return readFile(raw);
}

/** A JPEG's grey is of full range: 16 to 235 of the video became 0 to 255. */
const secondsOf = (grey: number): number => ((grey * 219) / 255 + 16 - 40) / 6;

const mean = (bytes: Buffer): number => bytes.reduce((sum, value) => sum + value, 0) / bytes.length;
