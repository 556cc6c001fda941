import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Policy, standardPolicy } from '../../../src/plan/policy.ts';
import { encodeLossless, onOneClock } from '../../support/exact.ts';
import { inOrder } from '../../support/in-order.ts';
import { createTestContext, type TestContext } from '../../support/job-context.ts';
import { seePictures } from '../../support/read-pictures.ts';
import { aac, h264, makeSource, type SourceRecipe } from '../../support/sources.ts';

const frames = 500;
/** Every frame by itself: a hole costs what lies in it. */
const every = { frames, video: h264(1) };
const mp4: SourceRecipe = { extension: 'mp4', ...every, output: ['-movflags', '+faststart'] };
const mkv: SourceRecipe = { extension: 'mkv', frames, video: h264(25) };
const ts: SourceRecipe = { extension: 'ts', frames, video: h264(25), audio: aac };

interface Damage {
  what: string;
  little: SourceRecipe;
  much: SourceRecipe;
  warning: 'frames_lost' | 'end_missing';
  code: 'INPUT_DAMAGED' | 'INPUT_TRUNCATED';
  said: RegExp;
}

const damages: Damage[] = [
  {
    what: 'zeros in the middle of an MP4',
    little: { ...mp4, damage: (file) => file.fill(0, file.length >> 1, (file.length >> 1) + 300) },
    much: { ...mp4, damage: (file) => file.fill(0, file.length >> 1, Math.floor(file.length * 0.56)) },
    ...{ warning: 'frames_lost', code: 'INPUT_DAMAGED', said: /^\d+ of 500 frames \(\d+\.\d+ %\) cannot be decoded: / },
  },
  {
    what: 'an MP4 that is cut, moov first',
    little: { ...mp4, damage: (file) => file.subarray(0, Math.floor(file.length * 0.998)) },
    much: { ...mp4, damage: (file) => file.subarray(0, file.length >> 1) },
    ...{ warning: 'end_missing', code: 'INPUT_TRUNCATED', said: /\d+\.\d of 20\.0 s are present\.$/ },
  },
  {
    what: 'an MKV that is cut',
    little: { ...mkv, damage: (file) => file.subarray(0, Math.floor(file.length * 0.99)) },
    much: { ...mkv, damage: (file) => file.subarray(0, file.length >> 1) },
    ...{ warning: 'end_missing', code: 'INPUT_TRUNCATED', said: /; (?:\d+\.\d of )?20\.0 s are present\.$/ },
  },
  {
    what: 'MPEG-TS with lost packets',
    little: { ...ts, video: h264(1), remove: { at: 1_500 * 188, bytes: 4 * 188 } },
    much: { ...ts, remove: { at: 200 * 188, bytes: 60 * 188 } },
    ...{ warning: 'frames_lost', code: 'INPUT_DAMAGED', said: /^\d+ of 500 frames \(\d+\.\d+ %\) cannot be decoded: / },
  },
];

const contexts = new Map<Policy['onDamage'], TestContext>();
beforeAll(async () => {
  for (const onDamage of ['refuse', 'publish'] as const) {
    contexts.set(onDamage, await createTestContext({ policy: { ...standardPolicy, onDamage } }));
  }
});
afterAll(() => Promise.all([...contexts.values()].map((context) => context.close())));

async function make(recipe: SourceRecipe, onDamage: Policy['onDamage']) {
  const context = contexts.get(onDamage);
  if (!context) throw new Error('not opened');
  const path = await makeSource(recipe);
  return { path, made: await encodeLossless(context, path) };
}

/** All that a plain decode shows is there, at its time: no frame less, and none more. */
async function expectAllThatIsThere(recipe: SourceRecipe, onDamage: Policy['onDamage']) {
  const { path, made } = await make(recipe, onDamage);
  const [source, seen] = [inOrder(await seePictures(path)), await seePictures(made.path)];
  expect(seen.numbers).toEqual(source.numbers);
  const times = onOneClock(made, source);
  expect(times.made).toEqual(times.source);
  return { made, shown: seen.numbers.length };
}

describe.each(damages)('$what', ({ little, much, warning, code, said }) => {
  test.each(['refuse', 'publish'] as const)('up to 0.5 %, ON_DAMAGE=%s: a warning', async (onDamage) => {
    const { made, shown } = await expectAllThatIsThere(little, onDamage);
    expect(shown).toBeGreaterThanOrEqual(frames * 0.995);
    const told = made.probe.warnings.find(({ code: found }) => found === warning);
    expect(told?.detail).toMatch(said);
  });

  test('more, ON_DAMAGE=refuse: refused with what is there', async () => {
    await expect(make(much, 'refuse')).rejects.toMatchObject({ code, detail: expect.stringMatching(said) });
  });

  test('more, ON_DAMAGE=publish: all that can be shown is published', async () => {
    const { made, shown } = await expectAllThatIsThere(much, 'publish');
    expect(shown).toBeLessThan(frames * 0.995);
    expect(made.probe.warnings.find(({ code: found }) => found === warning)?.detail).toMatch(said);
  });
});
