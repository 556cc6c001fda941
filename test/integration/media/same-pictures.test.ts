import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clip, makeClip } from '../../support/clips.ts';
import { worstFrame } from '../../support/compare-pictures.ts';
import { tinyPolicy } from '../../support/encode-clip.ts';
import { createTestContext, type TestContext } from '../../support/job-context.ts';

/** Every frame may be there, each at its time, and show garbage: what was decoded after a seek is looked at, too. */
describe('every frame shows what its source shows', () => {
  let context: TestContext;
  beforeAll(async () => {
    context = await createTestContext({ policy: tinyPolicy });
  });
  afterAll(() => context.close());

  test('with open GOPs', async () => {
    expect(await worstFrame(context, await clip('open-gop'))).toBeGreaterThan(24);
  });

  test('with intra refresh, where a keyframe is not yet a whole picture', async () => {
    const path = await makeClip({
      name: 'intra-refresh',
      seconds: 14,
      size: '128x72',
      video: ['-c:v', 'libx264', '-bf', '0', '-x264-params', 'intra-refresh=1:keyint=60'],
    });
    expect(await worstFrame(context, path)).toBeGreaterThan(24);
  });
});
