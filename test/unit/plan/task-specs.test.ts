import { describe, expect, test } from 'vitest';
import { planTasks, skeletonTasks } from '../../../src/plan/task-specs.ts';
import { smallPlan } from '../../support/small-plan.ts';

const source = { key: 'originals/vid_a/original.mp4', bytes: 1_000, etag: 'abc' };
const plan = smallPlan(3);
const specs = planTasks(source, plan, '5.1');
const fingerprints = (of: { fingerprint: string }[]) => of.map(({ fingerprint }) => fingerprint);

describe('fingerprints', () => {
  test('each task has its own', () => {
    expect(new Set(fingerprints(specs)).size).toBe(specs.length);
  });

  test('the same inputs give the same, in whatever order their fields were written', () => {
    const turned = { etag: 'abc', bytes: 1_000, key: source.key };
    const { encodeTasks, segments, rungs, ...rest } = plan;
    expect(planTasks(turned, { segments, rungs, encodeTasks, ...rest }, '5.1')).toEqual(specs);
    expect(skeletonTasks(turned, 'run_a')).toEqual(skeletonTasks(source, 'run_a'));
  });

  test.each([
    ['another source', planTasks({ ...source, etag: 'abd' }, plan, '5.1')],
    ['another build of ffmpeg', planTasks(source, plan, '7.0')],
  ])('%s changes all of them', (_, others) => {
    for (const fingerprint of fingerprints(others)) expect(fingerprints(specs)).not.toContain(fingerprint);
  });

  test('another setting of a rung changes the encodes alone', () => {
    const rungs = plan.rungs.map((rung) => ({ ...rung, crf: 30 }));
    const changed = planTasks(source, { ...plan, rungs }, '5.1').filter(
      (spec) => !fingerprints(specs).includes(spec.fingerprint),
    );
    expect(changed.map(({ type }) => type)).toEqual(['transcode', 'transcode', 'transcode']);
  });

  test('a later run probes once at most, and always plans, packages and verifies itself', () => {
    const [first, second] = [skeletonTasks(source, 'run_a'), skeletonTasks(source, 'run_b')];
    const kept = second.filter((spec) => fingerprints(first).includes(spec.fingerprint));
    expect(kept.map(({ name }) => name)).toEqual(['probe']);
  });
});
