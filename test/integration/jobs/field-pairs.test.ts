import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { builds, ffmpeg } from '../../support/clips.ts';
import { encodeClip, readRendition, renditionsOf, tinyPolicy } from '../../support/encode-clip.ts';
import { fieldPictures } from '../../support/field-pictures.ts';
import { testFolder } from '../../support/folder.ts';
import { createTestContext, type TestContext } from '../../support/job-context.ts';

describe.each(builds)('with $build', ({ tools }) => {
  let context: TestContext;
  beforeAll(async () => {
    context = await createTestContext({ tools: await tools(), policy: tinyPolicy });
  });
  afterAll(() => context.close());

  test.each(['ts', 'mkv'])(
    'PAFF in %s: two packets are one frame, and the clip is cut into segments',
    async (container) => {
      const folder = await testFolder('fields');
      const [raw, path] = [join(folder, 'fields.h264'), join(folder, `fields.${container}`)];
      await writeFile(raw, fieldPictures({ frames: 300, gop: 50 }));
      await ffmpeg(['-framerate', '25', '-i', raw, '-c', 'copy', path]);

      const { runId, plan } = await encodeClip(context, path);
      expect(plan.source).toMatchObject({ frames: 300, durationSeconds: 12 });
      expect(plan.source.frameRate).toBeCloseTo(25, 1);
      expect(plan.segments.map((segment) => segment.frames)).toEqual([100, 100, 100]);
      expect(plan.segments.every((segment) => segment.index === 0 || segment.seek !== null)).toBe(true);
      for (const rendition of renditionsOf(plan)) {
        const { timescale, frames } = await readRendition(context, runId, rendition);
        expect(frames.map((frame) => (frame.pts * 25) / timescale)).toEqual([...Array(300).keys()]);
      }
    },
  );
});
