import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectExact } from '../../support/exact.ts';
import { createTestContext, type TestContext } from '../../support/job-context.ts';
import {
  h264,
  h264OpenGop,
  hevcOpenGop,
  makeSource,
  mpeg2,
  mpeg4,
  type SourceRecipe,
  timedBy,
  vpxAltRef,
} from '../../support/sources.ts';

/** More of them: REELMILL_RANDOM_SOURCES=100, and others: REELMILL_RANDOM_SEED=7. */
const numRuns = Number(process.env.REELMILL_RANDOM_SOURCES ?? 12);
const seed = Number(process.env.REELMILL_RANDOM_SEED ?? 4);

let context: TestContext;
beforeAll(async () => {
  context = await createTestContext();
});
afterAll(() => context.close());

interface Kind {
  extensions: SourceRecipe['extension'][];
  video: (keyint: number) => string[];
  /** Takes any time that a frame may have. */
  anyTimes?: true;
  converted?: true;
}

const kinds: Record<string, Kind> = {
  closed: { extensions: ['mp4', 'mov', 'mkv', 'ts', 'flv'], video: h264, anyTimes: true },
  pyramid: {
    extensions: ['mp4', 'mkv', 'ts'],
    video: (keyint) => h264(keyint, { bframes: 8, 'b-pyramid': 'normal' }),
    anyTimes: true,
  },
  open: { extensions: ['mp4', 'mov', 'mkv', 'ts'], video: h264OpenGop, anyTimes: true },
  hevcOpen: { extensions: ['mp4', 'mkv', 'ts'], video: hevcOpenGop, anyTimes: true },
  single: { extensions: ['mp4', 'mkv', 'flv'], video: () => h264(9_999), anyTimes: true },
  intra: { extensions: ['mp4', 'mkv', 'ts'], video: () => h264(1), anyTimes: true },
  vp8AltRef: { extensions: ['webm'], video: (keyint) => vpxAltRef('libvpx', keyint), anyTimes: true, converted: true },
  vp9AltRef: { extensions: ['webm', 'mp4'], video: (keyint) => vpxAltRef('libvpx-vp9', keyint), anyTimes: true },
  mpeg2: { extensions: ['ts', 'mkv', 'mp4'], video: mpeg2 },
  brokenTimes: { extensions: ['avi'], video: () => mpeg4(2), converted: true },
};

/** Of a frame's number N, in seconds: it rises, by a millisecond at least. */
const timings = [
  ...['N/25', 'N/25+mod(N*7,13)*0.002', 'N/30+floor(N/70)*1.3', 'floor(N/20)*3+mod(N,20)/60', 'N*(N+400)/25000'],
];

const sources = fc.record({
  kind: fc.constantFrom(...Object.keys(kinds)),
  extension: fc.nat(),
  keyint: fc.integer({ min: 2, max: 120 }),
  frames: fc.integer({ min: 200, max: 500 }),
  fps: fc.constantFrom('24000/1001', '25', '30000/1001', '50'),
  /** Null: at its frame rate. */
  timing: fc.option(fc.constantFrom(...timings)),
  /** Where it is trimmed, ms: a stream copy into MP4 or MOV writes an edit list. */
  trims: fc.array(fc.integer({ min: 40, max: 3_000 }), { maxLength: 2 }),
  startMs: fc.constantFrom(0, 0, 700, 7_300),
  mediaSegmentSeconds: fc.constantFrom(2, 4, 10),
});
type Source = typeof sources extends fc.Arbitrary<infer Value> ? Value : never;

function recipeOf({ kind, extension, keyint, frames, fps, timing, trims, startMs }: Source): SourceRecipe {
  const { extensions, video, anyTimes } = kinds[kind] as Kind;
  const container = extensions[extension % extensions.length] ?? 'mp4';
  const trimmed = container === 'mp4' || container === 'mov';
  return {
    extension: container,
    frames,
    ...(anyTimes && timing ? { filter: timedBy(timing) } : { fps }),
    video: video(keyint),
    output: trimmed || !anyTimes ? [] : ['-output_ts_offset', String(startMs / 1_000)],
    passes: trimmed ? trims.map((ms) => ({ input: ['-ss', String(ms / 1_000)] })) : [],
  };
}

test('a source of any GOPs, trims and times comes out whole: every picture, at its time', async () => {
  await fc.assert(
    fc.asyncProperty(sources, async (source) => {
      const path = await makeSource(recipeOf(source));
      const { kind, mediaSegmentSeconds } = source;
      const { plan } = await expectExact(context, path, { mediaSegmentSeconds, converted: kinds[kind]?.converted });
      expect(plan.segments.length > 1).toBe(
        kind !== 'brokenTimes' && plan.source.durationSeconds > mediaSegmentSeconds,
      );
    }),
    { numRuns, seed, endOnFailure: true },
  );
});
