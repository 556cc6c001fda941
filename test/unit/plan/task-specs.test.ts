import { describe, expect, test } from 'vitest';
import type { EncodePlan } from '../../../src/plan/encode-plan.ts';
import { planEncode } from '../../../src/plan/plan-encode.ts';
import { type Policy, standardPolicy } from '../../../src/plan/policy.ts';
import { cappedCrf, type RateControl } from '../../../src/plan/rate-control.ts';
import { planTasks, skeletonTasks } from '../../../src/plan/task-specs.ts';
import { constantIndex, probeOf } from '../../support/plan-inputs.ts';
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
    const rungs = plan.rungs.map((rung) => ({ ...rung, rateControl: cappedCrf(30, 400, 800) }));
    const changed = planTasks(source, { ...plan, rungs }, '5.1').filter(
      (spec) => !fingerprints(specs).includes(spec.fingerprint),
    );
    expect(changed.map(({ type }) => type)).toEqual(['transcode', 'transcode', 'transcode']);
  });

  test('what the version before made of capped CRF is taken over still', () => {
    const encodes = (of: EncodePlan) =>
      planTasks(source, of, '5.1').flatMap(({ type, fingerprint }) => (type === 'transcode' ? [fingerprint] : []));
    // Of this plan, by version 2.
    expect(encodes(smallPlan(1))).toEqual(['ea23eadb8fe499d91cca718672d8fdaeeedc7c6b4f3a0d614ba6679f2028a01a']);
    const rates = [
      cappedCrf(23, 400, 801),
      { mode: 'vbr', bitrateKbps: 23, maxrateKbps: 400, bufsizeKbps: 800 },
      { mode: 'vbr', bitrateKbps: 400, maxrateKbps: 400, bufsizeKbps: 800 },
      { mode: 'cbr', bitrateKbps: 400, bufsizeKbps: 800 },
    ] satisfies RateControl[];
    const of = rates.flatMap((rateControl) =>
      encodes({ ...smallPlan(1), rungs: smallPlan(1).rungs.map((rung) => ({ ...rung, rateControl })) }),
    );
    expect(new Set([...of, ...encodes(smallPlan(1))]).size).toBe(5);
  });

  test.each<[string, Partial<Policy>, string[]]>([
    ['name and playback', { name: 'other', playback: 'signed' }, []],
    ['what a machine takes at once', { jobMemoryBytes: 2 ** 40 }, []],
    ['length of media segments within one of encoding', { mediaSegmentSeconds: 2 }, []],
    ['sound', { audio: { ...standardPolicy.audio, targetLufs: -23 } }, ['audio']],
    ['thumbnails', { thumbnails: { ...standardPolicy.thumbnails, width: 120 } }, ['thumbnail']],
    ['keyframes', { gopSeconds: 1 }, ['transcode']],
    ['preset of x264', { preset: 'slow' }, ['transcode']],
  ])('two policies that differ in %s share all other tasks', (_, changes, types) => {
    const index = constantIndex({
      timeBase: { numerator: 1, denominator: 12_800 },
      ticksPerFrame: 512,
      frames: 25 * 100,
    });
    const of = (policy: Policy) => planTasks(source, planEncode(probeOf(), index, policy), '5.1');
    const known = new Set(fingerprints(of(standardPolicy)));
    const others = of({ ...standardPolicy, ...changes }).filter(({ fingerprint }) => !known.has(fingerprint));
    expect([...new Set(others.map(({ type }) => type))]).toEqual(types);
  });

  test('a later run probes once at most, and always plans, packages and verifies itself', () => {
    const [first, second] = [skeletonTasks(source, 'run_a'), skeletonTasks(source, 'run_b')];
    const kept = second.filter((spec) => fingerprints(first).includes(spec.fingerprint));
    expect(kept.map(({ name }) => name)).toEqual(['probe']);
  });
});
