import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Policy, standardPolicy } from '../../../src/plan/policy.ts';
import { cappedCrf } from '../../../src/plan/rate-control.ts';
import { makeClip } from '../../support/clips.ts';
import { encodeClip, readRendition, renditionsOf } from '../../support/encode-clip.ts';
import { createTestContext, type TestContext } from '../../support/job-context.ts';
import { ssimOfFrames } from '../../support/ssim.ts';

const policy: Policy = {
  ...standardPolicy,
  ladder: [{ height: 144, rateControl: cappedCrf(23, 400, 800) }],
};
/** Movement, and the noise of a sensor. */
const handheld = () =>
  makeClip({
    name: 'handheld',
    seconds: 12,
    size: '320x180',
    filter: 'rotate=a=0.1*sin(t),crop=256:144:32+20*sin(t*0.9):18+12*cos(t*0.7),noise=alls=4:allf=t',
    video: ['-c:v', 'libx264', '-preset', 'ultrafast', '-qp', '10'],
    audio: null,
  });

let segmented: TestContext;
let whole: TestContext;
beforeAll(async () => {
  segmented = await createTestContext({ policy });
  // The same arguments, with one segment as long as the clip.
  whole = await createTestContext({ policy: { ...policy, mediaSegmentSeconds: 20 } });
});
afterAll(async () => {
  await segmented.close();
  await whole.close();
});

test('the 12 frames round a seam look as in one piece: SSIM within 0.01', async () => {
  const path = await handheld();
  const similarity = async (context: TestContext, segments: number) => {
    const { plan, runId } = await encodeClip(context, path);
    expect(plan.segments).toHaveLength(segments);
    const { init, media } = await readRendition(context, runId, renditionsOf(plan)[0] ?? '');
    const joined = join(context.root, 'joined.mp4');
    await writeFile(joined, Buffer.concat([init, media]));
    return ssimOfFrames(joined, path, '256x144');
  };
  const [joined, piece] = [await similarity(segmented, 3), await similarity(whole, 1)];
  expect([joined.length, piece.length]).toEqual([300, 300]);
  for (const seam of [100, 200]) {
    const round = (frames: number[]) => frames.slice(seam - 6, seam + 6).reduce((sum, value) => sum + value, 0) / 12;
    expect(round(piece)).toBeGreaterThan(0.9);
    expect(Math.abs(round(joined) - round(piece))).toBeLessThan(0.01);
  }
});
