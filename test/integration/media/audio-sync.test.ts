import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { builds, type ClipName, clip, ffmpeg } from '../../support/clips.ts';
import { tinyPolicy } from '../../support/encode-clip.ts';
import { finishClip, readPackaged, testPackager } from '../../support/finish-clip.ts';
import { createTestContext, type TestContext } from '../../support/job-context.ts';

describe.each(builds)('with $build', ({ tools }) => {
  let context: TestContext;
  beforeAll(async () => {
    context = await createTestContext({ tools: await tools(), policy: tinyPolicy, packager: testPackager() });
  });
  afterAll(() => context.close());

  // A flash and a click at each even second of the source; `delay` is by how much sound is late there, as a player sees it.
  test.each<[ClipName, number, number[]]>([
    ['sync', 0, [0, 2, 4, 6, 8, 10]],
    ['audio-early', -0.5, [2, 4, 6, 8, 10]],
    ['audio-late', 0.5, [0, 2, 4, 6, 8, 10]],
    // 5 to 8 s are not in the stream at all.
    ['audio-hole', 0, [0, 2, 4, 10, 12]],
  ])('packaged sound of %s is where it was', async (name, delay, heard) => {
    const { runId, videoId } = await finishClip(context, await clip(name));
    expect(context.videoState(videoId)).toBe('ready');
    const flashes = await flashTimes(context, runId);
    expect(flashes.length).toBeGreaterThanOrEqual(6);
    for (const track of ['audio/aac_128k', 'audio/aac_64k']) {
      const clicks = await clickTimes(context, runId, track);
      for (const second of heard) {
        const flash = nearest(flashes, second);
        expect(Math.abs(flash - second), `flash at ${second}`).toBeLessThan(0.001);
        expect(Math.abs(nearest(clicks, flash + delay) - flash - delay), `${track}, ${second} s`).toBeLessThan(
          tolerance,
        );
      }
      expect(clicks.length).toBeLessThanOrEqual(heard.length + 1);
    }
  });
});

/** Seconds. 20 ms are allowed; the limiter's look-ahead alone would be 5. */
const tolerance = 0.003;

const nearest = (times: number[], time: number): number =>
  times.reduce((best, at) => (Math.abs(at - time) < Math.abs(best - time) ? at : best), Infinity);

/** When a picture turns white, seconds: what is in the pictures by decoding, when they are shown by the boxes. */
async function flashTimes(context: TestContext, runId: string): Promise<number[]> {
  const { init, media, frames, timescale } = await readPackaged(context, runId, 'h264/36p');
  const file = join(context.root, `${runId}.video.mp4`);
  await writeFile(file, Buffer.concat([init, media]));
  const raw = `${file}.gray`;
  await ffmpeg(['-i', file, '-vf', 'scale=1:1:flags=area', '-pix_fmt', 'gray', '-f', 'rawvideo', raw]);
  const luma = await readFile(raw);
  expect(luma.length).toBe(frames.length);
  const isWhite = (position: number) => (luma[position] ?? 0) > 128;
  return frames.flatMap(({ pts }, at) => (isWhite(at) && (at === 0 || !isWhite(at - 1)) ? [pts / timescale] : []));
}

/** When a click begins, seconds: all coded samples, less what the edit list takes away in front. */
async function clickTimes(context: TestContext, runId: string, rendition: string): Promise<number[]> {
  const { init, media, track, timescale } = await readPackaged(context, runId, rendition);
  const file = join(context.root, `${runId}.${rendition.replace('/', '_')}.mp4`);
  await writeFile(file, Buffer.concat([init, media]));
  const raw = `${file}.f32`;
  await ffmpeg(['-ignore_editlist', '1', '-i', file, '-ac', '1', '-f', 'f32le', raw]);
  const bytes = await readFile(raw);
  const samples = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  const loud = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0) / 3;
  const clicks: number[] = [];
  let quietFrom = -timescale;
  for (const [at, sample] of samples.entries()) {
    if (Math.abs(sample) < loud) continue;
    if (at - quietFrom > timescale / 2) clicks.push((at - track.editMediaTime) / timescale);
    quietFrom = at;
  }
  return clicks;
}
