import { expect, test } from 'vitest';
import { whereInSegment } from '../../../src/jobs/where-in-segment.ts';
import { findEncodeTask } from '../../../src/plan/find-encode-task.ts';
import { planEncode } from '../../../src/plan/plan-encode.ts';
import { standardPolicy } from '../../../src/plan/policy.ts';
import { constantIndex, probeOf } from '../../support/plan-inputs.ts';

/** 10 s at 25 frames/s that begin at 100 s on the source's clock: segments of 4, 4 and 2 s. */
const plan = planEncode(
  probeOf({}),
  constantIndex({ timeBase: { numerator: 1, denominator: 25 }, ticksPerFrame: 1, frames: 250, start: 2_500 }),
  standardPolicy,
);
const names = plan.encodeTasks.map(({ name }) => name);

test.each([
  ['0000', 0, 'before the segment at 0.0 s of the source'],
  ['0000', 48, 'at 1.9 s of the source'],
  ['0001', 50, 'at 6.0 s of the source'],
  ['0002', 0, 'before the segment at 8.0 s of the source'],
  ['0002', 25, 'at 9.0 s of the source'],
  ['0002', 60, 'at 10.0 s of the source'],
])('segment %s after %i frames: %s', (segment, frames, words) => {
  const name = names.find((task) => task.includes(`.${segment}.`)) ?? '';
  expect(whereInSegment(findEncodeTask(plan, name))({ frames })).toBe(words);
});
