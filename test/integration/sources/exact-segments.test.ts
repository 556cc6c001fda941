import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { oldTools, testTools } from '../../support/clips.ts';
import { expectExact, numbersFrom } from '../../support/exact.ts';
import { createTestContext, type TestContext } from '../../support/job-context.ts';
import {
  h264,
  h264OpenGop,
  hevcOpenGop,
  makeSource,
  mpeg2,
  type SourceRecipe,
  timedBy,
  vpxAltRef,
} from '../../support/sources.ts';

/** 13 s: two segments where a media segment is 10 s, seven where it is 2 s. */
const frames = 325;

const sources: Record<string, SourceRecipe & { shown?: number[] }> = {
  'closed GOPs': { extension: 'mp4', frames, video: h264(60) },
  'open GOPs with a B-pyramid': { extension: 'mp4', frames, video: h264OpenGop(48) },
  'HEVC with open GOPs (RASL)': { extension: 'mp4', frames, video: hevcOpenGop(48) },
  'one single GOP': { extension: 'mp4', frames, video: h264(9_999) },
  'GOPs of one frame': { extension: 'mkv', frames, video: h264(1) },
  'VP8 with hidden frames': { extension: 'webm', frames, video: vpxAltRef('libvpx', 70) },
  'VP9 with hidden frames': { extension: 'webm', frames, video: vpxAltRef('libvpx-vp9', 70) },
  'MPEG-2 with open GOPs': { extension: 'ts', frames, video: mpeg2(15) },
  'variable frame rate': { extension: 'mp4', frames, video: h264(60), filter: timedBy('N/25+mod(N*7,13)*0.002') },
  'an edit list': {
    ...{ extension: 'mp4', frames: frames + 93, video: h264OpenGop(48), shown: numbersFrom(93, frames + 93) },
    passes: [{ input: ['-ss', '3.7'] }],
  },
};
const colourUntold = new Set(['VP8 with hidden frames']);

const cases = (names: string[], seconds: number[]) =>
  names.flatMap((name) => seconds.map((mediaSegmentSeconds) => ({ name, mediaSegmentSeconds })));

describe.each([
  { build: 'this machine’s ffmpeg', tools: testTools, cases: cases(Object.keys(sources), [2, 4, 10]) },
  {
    build: 'the old ffmpeg',
    tools: oldTools,
    cases: cases(['open GOPs with a B-pyramid', 'HEVC with open GOPs (RASL)', 'VP9 with hidden frames'], [4]),
  },
])('with $build', ({ tools, cases }) => {
  let context: TestContext;
  beforeAll(async () => {
    context = await createTestContext({ tools: await tools() });
  });
  afterAll(() => context.close());

  test.each(cases)('$name, in media segments of $mediaSegmentSeconds s', async ({ name, mediaSegmentSeconds }) => {
    const recipe = sources[name];
    if (!recipe) throw new Error(`there is no source ${name}`);
    const { shown = numbersFrom(0, frames), ...source } = recipe;
    const path = await makeSource(source);
    const { plan } = await expectExact(context, path, {
      ...{ mediaSegmentSeconds, shown, converted: colourUntold.has(name) },
    });
    expect(plan.segments).toHaveLength(Math.ceil(13 / mediaSegmentSeconds));
  });
});
