// needs: clips
import { afterAll, beforeAll, expect, test } from 'vitest';
import { probe } from '../../../src/jobs/probe.job.ts';
import { createTestContext, type TestContext } from '../../support/job-context.ts';
import { realClip } from '../../support/real-clips.ts';

let context: TestContext;
beforeAll(async () => {
  context = await createTestContext();
});
afterAll(() => context.close());

test.each([
  ['bbb-480p-30s.mp4', 720, { width: 854, height: 480, frameRate: 24 }, 30],
  ['cockatoo.mp4', 280, { width: 1280, height: 720, pixelFormat: 'yuv444p' }, 14],
  ['nasa_13013.mp4', 390, { width: 480, height: 270, streamIndex: 3 }, 13.013],
] as const)('%s', async (name, frames, video, seconds) => {
  const payload = await context.addVideo(realClip(name));
  await probe.run(await context.context(payload));
  const found = context.probe(payload.runId);
  expect(found?.video).toMatchObject(video);
  expect(found?.durationSeconds).toBeCloseTo(seconds, 3);
  const { presented } = await context.index(payload.runId);
  expect(presented).toHaveLength(frames);
});
