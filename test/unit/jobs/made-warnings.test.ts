import { expect, test } from 'vitest';
import { madeWarnings } from '../../../src/jobs/made-warnings.ts';
import type { Artefact } from '../../../src/jobs/services.ts';
import { smallPlan } from '../../support/small-plan.ts';

const plan = smallPlan(3);
const nothing = { segments: [], sounds: [], renditions: [] };
const row = (changes: Partial<Artefact>): Artefact => ({
  ...{ kind: 'segment', rendition: 'h264/240p', segmentIndex: 0, key: 'k', size: 1, sha256: 'ab', facts: {} },
  ...changes,
});

test('nothing came out, nothing is said; facts of older rows say nothing', () => {
  expect(madeWarnings(plan, nothing)).toEqual([]);
  expect(madeWarnings(plan, { ...nothing, segments: [row({})], sounds: [row({ kind: 'audio' })] })).toEqual([]);
});

test('a picture that changes its size is said once, in the order of time', () => {
  const sizes = [['640x360'], ['1280x720'], ['1280x720', '640x360']];
  const segments = sizes.map((pictureSizes, segmentIndex) => row({ segmentIndex, facts: { pictureSizes } })).reverse();
  expect(madeWarnings(plan, { ...nothing, segments })).toEqual([
    { code: 'resolution_changed', detail: 'The picture is 640x360 at first, later 1280x720.' },
  ]);
  expect(madeWarnings(plan, { ...nothing, segments: segments.slice(-1) })).toEqual([]);
});

test('frames that come late are said with their place and how late they are', () => {
  const verified = { rendition: 'h264/240p', kind: 'video' as const, start: 0, end: 12, timescale: 12_800 };
  const underflow = { frames: 7, bits: 100_000, firstDts: 51_200 };
  expect(madeWarnings(plan, { ...nothing, renditions: [{ ...verified, underflow: null }] })).toEqual([]);
  expect(madeWarnings(plan, { ...nothing, renditions: [{ ...verified, underflow }] })).toEqual([
    {
      code: 'rate_exceeded',
      detail:
        'At their highest bitrate some frames come late: h264/240p: 7 frames, the first at 4.0 s, together 0.25 s late.',
    },
  ]);
});

test('what became of the sound is said of a track once, however many bitrates it has', () => {
  const report = {
    startSeconds: 0,
    endSeconds: 9,
    unreadable: false,
    before: null,
    after: null,
    gainDb: 0,
    limited: false,
  };
  const sounds = ['audio/aac_128k', 'audio/aac_64k'].map((rendition) =>
    row({ kind: 'audio', rendition, facts: report }),
  );
  expect(madeWarnings(plan, { ...nothing, sounds }).map(({ code }) => code)).toEqual(['audio_padded']);
});

test('pictures that were filled by guess are counted once for all rungs, and said with their segments', () => {
  const of = (segmentIndex: number, damagedPictures: number, rendition = 'h264/240p') =>
    row({ rendition, segmentIndex, facts: { damagedPictures } });
  const detail = (segments: Artefact[]) => madeWarnings(plan, { ...nothing, segments });
  expect(detail([of(0, 0), of(1, 0), of(2, 0)])).toEqual([]);
  expect(detail([of(0, 3), of(0, 3, 'h264/360p'), of(1, 0), of(2, 2)])).toEqual([
    {
      code: 'pictures_damaged',
      detail: expect.stringMatching(
        /^Parts of 5 pictures cannot be decoded and are filled by guess, between 0\.0 and \S+ s, between \S+ and \S+ s\.$/,
      ),
    },
  ]);
  expect(detail([of(0, 1), of(1, 0)])[0]?.detail).toMatch(/^Parts of 1 picture cannot/);
  expect(detail([of(0, 1), of(1, 1)])[0]?.detail).toMatch(/^Parts of 2 pictures [^,]+, between 0\.0 and \S+ s\.$/);
});
