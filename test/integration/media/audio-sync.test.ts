import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { builds, type ClipName, clip } from '../../support/clips.ts';
import { tinyPolicy } from '../../support/encode-clip.ts';
import { finishClip, testPackager } from '../../support/finish-clip.ts';
import { clickTimes, flashTimes, nearest } from '../../support/flash-click.ts';
import { createTestContext, type TestContext } from '../../support/job-context.ts';

describe.each(builds)('with $build', ({ tools }) => {
  let context: TestContext;
  beforeAll(async () => {
    context = await createTestContext({ tools: await tools(), policy: tinyPolicy, packager: testPackager() });
  });
  afterAll(() => context.close());

  // A flash and a click at each even second of the source; `delay` is by how much sound is late there, as a player sees it.
  test.each<[ClipName, number, number[]]>([
    ['audio-early', -0.5, [2, 4, 6, 8, 10]],
    ['audio-late', 0.5, [0, 2, 4, 6, 8, 10]],
    // 5 to 8 s are not in the stream at all.
    ['audio-hole', 0, [0, 2, 4, 10, 12]],
  ])('packaged sound of %s is where it was', async (name, delay, heard) => {
    const { runId, videoId } = await finishClip(context, await clip(name));
    expect(context.videoState(videoId)).toBe('ready');
    const flashes = await flashTimes(context, runId);
    expect(flashes.length).toBeGreaterThanOrEqual(6);
    for (const track of ['audio/aac_128k', 'audio/aac_64k']) {
      const clicks = await clickTimes(context, runId, track);
      for (const second of heard) {
        const flash = nearest(flashes, second);
        expect(Math.abs(flash - second), `flash at ${second}`).toBeLessThan(0.001);
        expect(Math.abs(nearest(clicks, flash + delay) - flash - delay), `${track}, ${second} s`).toBeLessThan(
          tolerance,
        );
      }
      expect(clicks.length).toBeLessThanOrEqual(heard.length + 1);
    }
  });
});

/** Seconds. 20 ms are allowed; the limiter's look-ahead alone would be 5. */
const tolerance = 0.003;
