import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { builds, type ClipOptions, makeClip } from '../../support/clips.ts';
import { encodeClip, readRendition, tinyPolicy } from '../../support/encode-clip.ts';
import { createTestContext, type TestContext } from '../../support/job-context.ts';
import { sourceTimes } from '../../support/source-times.ts';

const cappedAt = 20;
const tiny = { seconds: 9, size: '64x36', audio: null };

describe.each(builds)('with $build', ({ tools }) => {
  let context: TestContext;
  beforeAll(async () => {
    const [rung] = tinyPolicy.ladder;
    const policy = { ...tinyPolicy, ladder: rung ? [rung] : [], maxFrameRate: cappedAt };
    context = await createTestContext({ tools: await tools(), policy });
  });
  afterAll(() => context.close());

  test.each<[string, ClipOptions]>([
    ['59.94 fps', { ...tiny, fps: '60000/1001' }],
    ['30 fps in Matroska, from 10 s', { ...tiny, fps: 30, container: 'mkv', output: ['-output_ts_offset', '10'] }],
    ['25 fps in AVI, whose tick is a frame', { ...tiny, fps: 25, container: 'avi' }],
  ])('%s above the highest rate: the first frame of each interval is made, at its time', async (_, options) => {
    const path = await makeClip(options);
    const { pts, timeBase } = await sourceTimes(path);
    const { runId, plan } = await encodeClip(context, path);
    const start = pts[0] ?? 0;
    const interval = (time: number) =>
      (BigInt(time - start) * BigInt(timeBase.numerator * cappedAt)) / BigInt(timeBase.denominator);
    const firsts = pts.filter((time, position) => position === 0 || interval(time) > interval(pts[position - 1] ?? 0));

    expect(plan.source.frames).toBe(firsts.length);
    expect(plan.warnings.map((warning) => warning.code)).toContain('frame_rate_capped');
    const { frames, timescale } = await readRendition(context, runId, 'h264/24p');
    expect(frames.map((frame) => frame.pts * timeBase.denominator)).toEqual(
      firsts.map((time) => (time - start) * timeBase.numerator * timescale),
    );
  });
});
