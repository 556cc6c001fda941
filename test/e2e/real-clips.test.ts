import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readFrames } from '../../src/packaging/cmaf.ts';
import { realClip } from '../support/real-clips.ts';
import { startUp } from '../support/up.ts';

/** Frames that players fetch of a rendition, and their end in seconds. */
async function packaged(folder: string, rendition: string): Promise<{ frames: number; seconds: number }> {
  const read = (name: string) => readFile(join(folder, rendition, name));
  const names = (await readdir(join(folder, rendition))).filter((name) => name.endsWith('.m4s'));
  const media = Buffer.concat(await Promise.all(names.sort().map(read)));
  const { timescale, frames } = readFrames(await read('init.mp4'), media);
  return {
    frames: frames.length,
    seconds: Math.max(...frames.map(({ pts, duration }) => pts + duration)) / timescale,
  };
}

test('the real clips come out whole, through the whole product', async () => {
  const system = await startUp('real-clips');
  const clips = [
    { file: realClip('bbb-480p-30s.mp4'), rungs: ['240p', '360p', '480p'], frames: 720, seconds: 30 },
    { file: realClip('cockatoo.mp4'), rungs: ['240p', '360p', '480p', '720p'], frames: 280, seconds: 14 },
    { file: realClip('nasa_13013.mp4'), rungs: ['240p'], frames: 390, seconds: 13.013 },
  ];
  const results = await system.ingest(...clips.map(({ file }) => file));

  for (const [position, { file, rungs, frames, seconds }] of clips.entries()) {
    const result = results[position];
    expect(result, file).toMatchObject({ status: 'ready', error: null });
    const folder = String(result?.folder);
    expect((await readdir(join(folder, 'h264'))).sort()).toEqual(rungs);
    for (const rung of rungs) {
      const rendition = await packaged(folder, `h264/${rung}`);
      expect(rendition.frames, `${file} ${rung}`).toBe(frames);
      expect(rendition.seconds).toBeCloseTo(seconds, 1);
    }
    const sound = await packaged(folder, 'audio/aac_128k');
    expect(sound.seconds).toBeGreaterThan(seconds - 0.5);
    expect(await readFile(join(folder, 'manifest.m3u8'), 'utf8')).toContain('CHANNELS="2"');
  }
});
