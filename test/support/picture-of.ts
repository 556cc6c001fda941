import { type Picture, planPicture } from '../../src/plan/picture.ts';
import type { ProbedVideo } from '../../src/plan/probe.ts';
import { probeOf } from './plan-inputs.ts';

/** What the plan does to the pictures of a source of which this much was found. */
export function pictureOf(found: Partial<ProbedVideo> = {}, policy = { maxFrameRate: 240 }): Picture {
  const { video } = probeOf({ video: found });
  if (!video) throw new Error('the probe has a picture');
  return planPicture(video, policy).picture;
}
