import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { builds, type ClipOptions, makeClip } from '../../support/clips.ts';
import { encodeClip, readRendition, renditionsOf, tinyPolicy } from '../../support/encode-clip.ts';
import { createTestContext, type TestContext } from '../../support/job-context.ts';
import { sourceTimes } from '../../support/source-times.ts';

const maxFrameRate = 24;

describe.each(builds)('with $build', ({ tools }) => {
  let context: TestContext;
  beforeAll(async () => {
    context = await createTestContext({ tools: await tools(), policy: { ...tinyPolicy, maxFrameRate } });
  });
  afterAll(() => context.close());

  test.each<[string, Partial<ClipOptions>]>([
    ['60 frames a second', { fps: 60 }],
    ['59.94 frames a second', { fps: '60000/1001', container: 'mkv' }],
    [
      'a variable frame rate',
      {
        fps: 60,
        filter: "settb=1/90000,setpts='(N/60+mod(N*7,13)*0.001)/TB'",
        output: ['-video_track_timescale', '90000'],
      },
    ],
  ])(
    '%s: the first frame of each 24th of a second is kept, at its time, across all segments',
    async (name, changes) => {
      const path = await makeClip({
        name: name.replace(/\W+/g, '-'),
        seconds: 9,
        size: '64x36',
        audio: null,
        ...changes,
      });
      const { pts, timeBase } = await sourceTimes(path);
      const { plan, runId } = await encodeClip(context, path);
      expect(plan.segments.length).toBeGreaterThanOrEqual(3);
      expect(plan.warnings.map(({ code }) => code)).toContain('frame_rate_capped');

      const [start = 0] = pts;
      const interval = (at: number) =>
        Math.floor(((at - start) * timeBase.numerator * maxFrameRate) / timeBase.denominator);
      const kept = pts.filter((at, position) => position === 0 || interval(at) > interval(pts[position - 1] ?? 0));
      for (const rendition of renditionsOf(plan)) {
        const { frames, timescale } = await readRendition(context, runId, rendition);
        const ticks = frames.map((frame) => (frame.pts * timeBase.denominator) / (timescale * timeBase.numerator));
        expect(ticks).toEqual(kept.map((at) => at - start));
      }
    },
  );
});
