import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { builds, ffmpeg } from '../../support/clips.ts';
import { makePictures, rawFrames } from '../../support/make-pictures.ts';

const width = 128;
const height = 72;
const frames = 60;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reelmill-formats-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Grey that says the number of the frame; the second half is in another pixel format. */
async function changingTo(pixelFormat: string): Promise<string> {
  const half = async (format: string, from: number) => {
    const part = join(folder, `${pixelFormat}-${from}.ts`);
    await ffmpeg([
      ...['-f', 'lavfi', '-i', `color=black:s=${width}x${height}:r=25,geq=lum='60+2*(N+${from})':cb=128:cr=128`],
      ...['-frames:v', `${frames / 2}`, '-pix_fmt', format, '-c:v', 'libx264', '-qp', '0', '-bf', '0', '-g', '10'],
      ...['-muxdelay', '0', '-muxpreload', '0', '-output_ts_offset', `${from / 25}`, part],
    ]);
    return readFile(part);
  };
  const joined = join(folder, `${pixelFormat}.ts`);
  await writeFile(joined, Buffer.concat([await half('yuv420p', 0), await half(pixelFormat, frames / 2)]));
  const path = join(folder, `${pixelFormat}.mp4`);
  await ffmpeg(['-i', joined, '-c', 'copy', '-video_track_timescale', '12800', path]);
  return path;
}

describe.each(builds)('with $build', ({ tools }) => {
  test.each(['yuv422p', 'yuv444p'])(
    'a pixel format that changes in mid-stream (%s): no frame is lost, deinterlaced neither',
    async (pixelFormat) => {
      const colour = { primaries: 'bt709', transfer: 'bt709', matrix: 'bt709', range: 'limited' } as const;
      const made = await makePictures({
        ...{ tools: await tools(), workDir: await mkdtemp(join(folder, 'work-')), path: await changingTo(pixelFormat) },
        ...{ demuxer: 'mov', timeBase: { numerator: 1, denominator: 12_800 } },
        found: { codedWidth: width, codedHeight: height, width, height, colour, scan: 'tff' },
      });
      expect(made.sizes).toEqual([`${width}x${height}`]);
      const bytes = await readFile(await rawFrames(made.path, 'yuv420p'));
      const frame = (width * height * 3) / 2;
      expect(bytes.length / frame).toBe(frames);
      for (let number = 0; number < frames; number += 1) {
        const middle = bytes[number * frame + (height / 2) * width + width / 2] ?? 0;
        expect(Math.abs(middle - (60 + 2 * number)), `frame ${number}`).toBeLessThan(3);
      }
    },
  );
});
