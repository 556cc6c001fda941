import { afterAll, beforeAll, expect, test } from 'vitest';
import { renditionsOf, tinyPolicy } from '../../support/encode-clip.ts';
import { onOneClock } from '../../support/exact.ts';
import { finishClip, readPackaged, testPackager } from '../../support/finish-clip.ts';
import { createTestContext, type TestContext } from '../../support/job-context.ts';
import { seePictures } from '../../support/read-pictures.ts';
import { h264, makeSource, mpeg2, mpeg4, type SourceRecipe, timedBy } from '../../support/sources.ts';

let context: TestContext;
beforeAll(async () => {
  context = await createTestContext({ policy: tinyPolicy, packager: testPackager() });
});
afterAll(() => context.close());

/** Times that a cap of 240 frames a second leaves, of a clip in milliseconds: the first frame of every 1/240 s. */
const atMost240 = (pts: number[]): number[] =>
  pts.filter(
    (time, at) => at === 0 || Math.floor((time * 240) / 1_000) > Math.floor(((pts[at - 1] ?? 0) * 240) / 1_000),
  );

const cases: (SourceRecipe & { property: string; kept?: (pts: number[]) => number[]; warnings?: string[] })[] = [
  {
    ...{ property: 'a screen recording: bursts and long holds', extension: 'mp4', frames: 250, video: h264(60) },
    filter: timedBy('floor(N/25)*3+mod(N,25)/50'),
  },
  {
    ...{ property: '1000 fps, capped by policy', extension: 'mkv', frames: 5_000, fps: 1_000, video: h264(500) },
    ...{ kept: atMost240, warnings: ['frame_rate_capped'] },
  },
  { property: 'one frame', extension: 'mp4', frames: 1 },
  { property: 'two frames', extension: 'mp4', frames: 2 },
  {
    ...{ property: 'AVI without presentation times', extension: 'avi', frames: 150, video: mpeg4(2) },
    warnings: ['times_reconstructed', 'single_segment'],
  },
  {
    ...{ property: 'an MPEG-2 program stream', extension: 'mpg', frames: 150, video: mpeg2(15) },
    warnings: ['remuxed'],
  },
];

test.each(cases.map((source) => [source.property, source] as const))('%s is published whole', async (_, source) => {
  const { property, kept = (pts) => pts, warnings = [], ...recipe } = source;
  const path = await makeSource(recipe);
  const { runId, videoId, plan } = await finishClip(context, path);
  const { timeBase, pts } = await seePictures(path);
  for (const rendition of renditionsOf(plan)) {
    const { timescale, frames } = await readPackaged(context, runId, rendition);
    const times = onOneClock({ timescale, pts: frames.map((frame) => frame.pts) }, { timeBase, pts: kept(pts) });
    expect(times.made).toEqual(times.source);
  }
  expect(context.videoState(videoId)).toBe('ready');
  const codes = [...(context.probe(runId)?.warnings ?? []), ...plan.warnings].map(({ code }) => code);
  expect(codes.filter((code) => !code.startsWith('colour_'))).toEqual(warnings);
});
