import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { encodeArgs } from '../../../src/ffmpeg/encode-args.ts';
import { createFfmpeg } from '../../../src/ffmpeg/run-ffmpeg.ts';
import { createLog } from '../../../src/log.ts';
import { readFrames } from '../../../src/packaging/cmaf.ts';
import { builds, type ClipOptions, clips, makeClip } from '../../support/clips.ts';
import { planClip, tinyPolicy } from '../../support/encode-clip.ts';
import { testFolder } from '../../support/folder.ts';
import { createTestContext } from '../../support/job-context.ts';

const tiny = { seconds: 26, size: '64x36' };
const untimed = ['-c:v', 'libx264', '-bf', '3', '-g', '25'];

describe.each(builds)('with $build', ({ tools }) => {
  test.each<[string, ClipOptions]>([
    ['an AVI without pts, 29.97 fps', { ...tiny, fps: '30000/1001', container: 'avi', video: untimed }],
    ['an AVI without pts, 25 fps: frames on the grid', { ...tiny, container: 'avi', video: untimed }],
    ['a variable frame rate with holes', clips.vfr],
  ])('the expression forces the keyframes that the list does: %s', async (_, options) => {
    const context = await createTestContext({ tools: await tools(), policy: tinyPolicy });
    try {
      const { plan } = await planClip(context, await makeClip(options));
      const folder = await testFolder('forced');
      const ffmpeg = createFfmpeg({
        tools: await tools(),
        log: createLog({ level: 'silent', name: 'test' }),
        stallTimeoutMs: 30_000,
      });
      const [first] = plan.segments;
      const [rung] = plan.rungs;
      if (!first || !rung || !plan.picture) throw new Error('no segment');
      const { source, picture } = plan;
      // The whole clip, as an untrusted one is made; its frames and times have tests of their own.
      const whole = { ...first, end: null, keyframes: plan.segments.flatMap((segment) => segment.keyframes) };
      const made = await Promise.all(
        [whole, { ...whole, keyframeEvery: 2 }].map(async (segment, position) => {
          const path = join(folder, `${position}.mp4`);
          const sourcePath = context.services.storage.localPath(source.key) ?? '';
          const work = { sourcePath, source, picture, segment, rungs: [rung], outputPath: () => path };
          await ffmpeg.run(encodeArgs(work, ffmpeg.tools), { signal: AbortSignal.timeout(60_000) });
          const file = await readFile(path);
          const frames = readFrames(file, file).frames.filter((frame) => frame.key);
          return frames.map((frame) => frame.pts);
        }),
      );
      expect(made[0]).toEqual(whole.keyframes.map((pts) => (pts - source.start) * source.timeBase.numerator));
      expect(made[1]).toEqual(made[0]);
    } finally {
      await context.close();
    }
  });
});
