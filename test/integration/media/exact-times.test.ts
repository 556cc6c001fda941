import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ClipName, clip, oldTools, testTools } from '../../support/clips.ts';
import { encodeClip, madeBy, readRendition, renditionsOf, tinyPolicy } from '../../support/encode-clip.ts';
import { createTestContext, type TestContext } from '../../support/job-context.ts';
import { packPictures } from '../../support/pack-clip.ts';
import { type SourceTimes, sourceTimes } from '../../support/source-times.ts';

const names = [
  ...(['fps-23.976', 'fps-29.97', 'fps-59.94', 'fps-120', 'vfr'] as const),
  ...(['open-gop', 'edit-list', 'mkv-at-10s', 'ts-at-1.4s'] as const),
] satisfies ClipName[];

/** Seconds as a fraction without floats: `ticks x numerator / denominator`, brought to a common denominator by both sides. */
const onClock = (ticks: number[], numerator: number) => ticks.map((tick) => tick * numerator);

describe.each([
  { build: 'this machine’s ffmpeg', tools: testTools, clips: names },
  {
    build: 'the old ffmpeg that the product falls back to',
    tools: oldTools,
    clips: ['vfr', 'open-gop', 'edit-list', 'ts-at-1.4s'] as const,
  },
])('with $build', ({ tools, clips }) => {
  let context: TestContext;
  beforeAll(async () => {
    context = await createTestContext({ tools: await tools(), policy: tinyPolicy });
  });
  afterAll(() => context.close());

  test.each(clips.map((name) => [name]))('every frame of %s is at its source’s time, to the tick', async (name) => {
    const path = await clip(name);
    const times = await sourceTimes(path);
    const { runId, plan } = await encodeClip(context, path);
    expect(plan.segments.length).toBeGreaterThanOrEqual(8);
    expect(plan.rungs.length).toBe(2);

    const joined = new Map<string, Uint8Array>();
    for (const rendition of renditionsOf(plan)) {
      const made = await readRendition(context, runId, rendition);
      expectSourceTimes(made, times);
      expectKeyframesOnGrid(made.frames, made.timescale);
      expect(made.segments.length).toBe(plan.segments.length);
      expect(made.inits.length).toBe(1);
      // The hash of the init that each segment came with.
      expect(new Set(made.segments.map(({ facts }) => facts.initSha256)).size).toBe(1);
      joined.set(rendition, Buffer.concat([made.init, made.media]));
    }

    const packed = await packPictures(await mkdtemp(join(context.root, 'packed-')), plan, joined);
    for (const { timescale, segments } of packed) {
      expectSourceTimes({ timescale, frames: segments.flat() }, times);
      // What a player fetches begins with a keyframe, on the grid of 4 s: segment k holds what is shown in [4k, 4k + 4).
      expect(segments.map(([first]) => first?.key)).toEqual(segments.map(() => true));
      for (const [position, frames] of segments.entries()) {
        const seconds = frames.map(({ pts }) => Math.floor(pts / (timescale * 4)));
        expect(new Set(seconds)).toEqual(new Set([position]));
      }
    }
  });

  test('a second run gives the same bytes', async () => {
    const path = await clip('vfr');
    const [first, second] = [await encodeClip(context, path), await encodeClip(context, path)];
    const made = madeBy(context, first.runId);
    expect(made.length).toBe((first.plan.segments.length + 1) * 2);
    expect(madeBy(context, second.runId)).toEqual(made);
  });
});

/** The shown frames lie at `source pts - source start`: as many, in the same order, equal as fractions. */
function expectSourceTimes(made: { timescale: number; frames: { pts: number }[] }, source: SourceTimes): void {
  const expected = source.pts.map((pts) => pts - (source.pts[0] ?? 0));
  const { numerator, denominator } = source.timeBase;
  expect(
    onClock(
      made.frames.map(({ pts }) => pts),
      denominator,
    ),
  ).toEqual(onClock(expected, numerator * made.timescale));
}

/** Keyframes are the first frames of the intervals of 2 s, and no others. */
function expectKeyframesOnGrid(frames: { pts: number; key: boolean }[], timescale: number): void {
  const interval = (pts: number) => Math.floor(pts / (timescale * 2));
  const first = frames.filter(({ pts }, at) => at === 0 || interval(pts) !== interval(frames[at - 1]?.pts ?? 0));
  expect(frames.filter(({ key }) => key).map(({ pts }) => pts)).toEqual(first.map(({ pts }) => pts));
}
