import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { builds, ffmpeg } from '../../support/clips.ts';
import { encodeClip, readRendition, renditionsOf, tinyPolicy } from '../../support/encode-clip.ts';
import { testFolder } from '../../support/folder.ts';
import { createTestContext, type TestContext } from '../../support/job-context.ts';
import { sourceTimes } from '../../support/source-times.ts';

/** Two passes: an encoder that cannot look ahead hides nothing. */
async function withHiddenFrames(folder: string, encoder: string): Promise<string> {
  const path = join(folder, 'hidden.webm');
  const options = ['-auto-alt-ref', '1', '-lag-in-frames', '16', '-deadline', 'good', '-cpu-used', '4', '-b:v', '100k'];
  for (const pass of ['1', '2']) {
    const log = ['-pass', pass, '-passlogfile', join(folder, 'pass')];
    const source = ['-f', 'lavfi', '-i', 'testsrc2=size=64x36:rate=25', '-t', '13'];
    await ffmpeg([...source, '-c:v', encoder, ...options, '-g', '60', ...log, path]);
  }
  return path;
}

const copied = async (path: string, name: string, options: string[] = []): Promise<string> => {
  const copy = join(path, '..', name);
  await ffmpeg(['-i', path, '-c', 'copy', ...options, copy]);
  return copy;
};

describe.each(builds)('with $build', ({ tools }) => {
  let context: TestContext;
  beforeAll(async () => {
    context = await createTestContext({ tools: await tools(), policy: tinyPolicy });
  });
  afterAll(() => context.close());

  test.each([
    ['VP8 alt-ref frames in WebM', async (folder: string) => withHiddenFrames(folder, 'libvpx')],
    [
      'VP8 alt-ref frames in AVI',
      async (folder: string) => copied(await withHiddenFrames(folder, 'libvpx'), 'hidden.avi'),
    ],
    [
      'VP9 hidden frames in packets of their own',
      async (folder: string) =>
        copied(await withHiddenFrames(folder, 'libvpx-vp9'), 'apart.webm', [
          ...['-bsf:v', 'vp9_superframe_split', '-fflags', '-autobsf'], // else the muxer puts them together again
        ]),
    ],
    ['VP9 superframes', async (folder: string) => withHiddenFrames(folder, 'libvpx-vp9')],
  ])('%s are no pictures, and the clip is cut into segments', async (_, make) => {
    const path = await make(await testFolder('hidden'));
    const { pts, timeBase } = await sourceTimes(path);
    const { runId, plan } = await encodeClip(context, path);
    expect([...(await context.index(runId)).presented]).toEqual(pts);
    expect(plan.source.frames).toBe(13 * 25);
    expect(plan.segments.map((segment) => segment.seek !== null)).toEqual([false, true, true, true]);
    for (const rendition of renditionsOf(plan)) {
      const { timescale, frames } = await readRendition(context, runId, rendition);
      expect(timescale).toBe(timeBase.denominator);
      expect(frames.map((frame) => frame.pts)).toEqual(pts.map((time) => (time - (pts[0] ?? 0)) * timeBase.numerator));
    }
  });
});
