import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { standardPolicy } from '../../../src/plan/policy.ts';
import { worstFrame } from '../../support/compare-pictures.ts';
import { planClip, tinyPolicy } from '../../support/encode-clip.ts';
import { createTestContext, type TestContext } from '../../support/job-context.ts';
import { realClip } from '../../support/real-clips.ts';

describe('real clips are planned with every frame', () => {
  let context: TestContext;
  beforeAll(async () => {
    context = await createTestContext({ policy: standardPolicy });
  });
  afterAll(() => context.close());

  test.each([
    ['bbb-480p-30s.mp4', { frames: 720, seconds: 30, rungs: ['240p', '360p', '480p'], channels: 6, segments: 8 }],
    ['cockatoo.mp4', { frames: 280, seconds: 14, rungs: ['240p', '360p', '480p', '720p'], channels: 1, segments: 4 }],
    ['nasa_13013.mp4', { frames: 390, seconds: 13, rungs: ['240p'], channels: 2, segments: 4 }],
  ] as const)('%s', async (name, expected) => {
    const { plan, runId } = await planClip(context, realClip(name));
    expect(plan.source.frames).toBe(expected.frames);
    expect(plan.segments.reduce((sum, segment) => sum + segment.frames, 0)).toBe(expected.frames);
    expect(plan.source.durationSeconds).toBeCloseTo(expected.seconds, 1);
    expect(plan.rungs.map((rung) => rung.name)).toEqual(expected.rungs);
    expect(plan.segments.length).toBe(expected.segments);
    expect(context.probe(runId)?.audio[0]?.channels).toBe(expected.channels);
    expect(plan.audio[0]?.tracks.map((track) => track.name)).toEqual(['aac_128k', 'aac_64k']);
  });

  test('of two pictures the larger one is taken', async () => {
    const { runId, plan } = await planClip(context, realClip('nasa_13013.mp4'));
    expect(context.probe(runId)?.video).toMatchObject({ width: 480, height: 270 });
    expect(plan.rungs[0]).toMatchObject({ width: 426, height: 240 });
  });
});

test('4:4:4 of an old x264, which decodes to garbage after a seek, shows what it should', async () => {
  const context = await createTestContext({ policy: tinyPolicy });
  try {
    expect(await worstFrame(context, realClip('cockatoo.mp4'))).toBeGreaterThan(24);
  } finally {
    await context.close();
  }
});
