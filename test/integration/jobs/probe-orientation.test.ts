import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { builds, ffmpeg, makeClip } from '../../support/clips.ts';
import { createTestContext, type TestContext } from '../../support/job-context.ts';
import { orientations, withMatrix } from '../../support/orientations.ts';
import { probeVideo } from '../../support/probed.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reelmill-turned-'));
});
afterAll(() => rm(folder, { recursive: true }));

const upright = () => makeClip({ seconds: 0.4, size: '96x64', audio: null });

describe.each(builds)('with $build', ({ tools }) => {
  let context: TestContext;
  beforeAll(async () => {
    context = await createTestContext({ tools: await tools() });
  });
  afterAll(() => context.close());

  test.each(orientations)('an MP4 that holds $name', async ({ name, matrix, mirrored, rotation }) => {
    const path = join(folder, `${name}.mp4`);
    await writeFile(path, withMatrix(await readFile(await upright()), matrix));
    const { video, codes } = await probeVideo(context, path);
    const [width, height] = rotation === 90 || rotation === 270 ? [64, 96] : [96, 64];
    expect(video).toMatchObject({ mirrored, rotation, width, height, codedWidth: 96, codedHeight: 64 });
    expect(codes).toEqual([]);
  });

  // Its remux keeps the bitstream, and tells no matrix of its own.
  test('a TS whose H.264 holds an orientation (SEI)', async () => {
    const path = join(folder, 'sei.ts');
    const turned = 'h264_metadata=display_orientation=insert:rotate=90:flip=horizontal';
    await ffmpeg(['-i', await upright(), '-c', 'copy', '-bsf:v', turned, path]);
    const { video, codes } = await probeVideo(context, path);
    expect(video).toMatchObject({ mirrored: true, rotation: 270, width: 64, height: 96 });
    expect(codes).toEqual(['remuxed']);
  });
});
