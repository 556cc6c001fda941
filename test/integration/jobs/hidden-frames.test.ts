import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { builds, ffmpeg } from '../../support/clips.ts';
import { encodeClip, readRendition, renditionsOf, tinyPolicy } from '../../support/encode-clip.ts';
import { createTestContext, type TestContext } from '../../support/job-context.ts';
import { sourceTimes } from '../../support/source-times.ts';

let folder = '';
const clips: Record<string, string> = {};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reelmill-hidden-'));
  clips.vp8 = await withHiddenFrames('libvpx');
  clips.vp9 = await withHiddenFrames('libvpx-vp9');
  clips.avi = await copied(clips.vp8, 'vp8.avi');
  // Without the last options the muxer puts them together again.
  clips.apart = await copied(clips.vp9, 'apart.webm', ['-bsf:v', 'vp9_superframe_split', '-fflags', '-autobsf']);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Two passes: an encoder that cannot look ahead hides nothing. */
async function withHiddenFrames(encoder: string): Promise<string> {
  const path = join(folder, `${encoder}.webm`);
  const options = ['-auto-alt-ref', '1', '-lag-in-frames', '16', '-deadline', 'good', '-cpu-used', '4', '-b:v', '100k'];
  for (const pass of ['1', '2']) {
    const log = ['-pass', pass, '-passlogfile', join(folder, encoder)];
    const source = ['-f', 'lavfi', '-i', 'testsrc2=size=64x36:rate=25', '-t', '9'];
    await ffmpeg([...source, '-c:v', encoder, ...options, '-g', '60', ...log, path]);
  }
  return path;
}

async function copied(path: string, name: string, options: string[] = []): Promise<string> {
  const copy = join(folder, name);
  await ffmpeg(['-i', path, '-c', 'copy', ...options, copy]);
  return copy;
}

describe.each(builds)('with $build', ({ tools }) => {
  let context: TestContext;
  beforeAll(async () => {
    context = await createTestContext({ tools: await tools(), policy: tinyPolicy });
  });
  afterAll(() => context.close());

  test.each([
    ['VP8 alt-ref frames in WebM', 'vp8'],
    ['VP8 alt-ref frames in AVI', 'avi'],
    ['VP9 hidden frames in packets of their own', 'apart'],
    ['VP9 hidden frames in superframes', 'vp9'],
  ])('%s are no pictures, and the clip is cut into segments', async (_, name) => {
    const path = clips[name] ?? '';
    const { pts, timeBase } = await sourceTimes(path);
    const { runId, plan } = await encodeClip(context, path);
    expect([...(await context.index(runId)).presented]).toEqual(pts);
    expect(plan.source.frames).toBe(9 * 25);
    expect(plan.segments.map((segment) => segment.seek !== null)).toEqual([false, true, true]);
    for (const rendition of renditionsOf(plan)) {
      const { timescale, frames } = await readRendition(context, runId, rendition);
      expect(timescale).toBe(timeBase.denominator);
      expect(frames.map((frame) => frame.pts)).toEqual(pts.map((time) => (time - (pts[0] ?? 0)) * timeBase.numerator));
    }
  });
});
