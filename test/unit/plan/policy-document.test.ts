import { describe, expect, test } from 'vitest';
import { type Policy, policyOf, standardPolicy } from '../../../src/plan/policy.ts';
import { documentOf, policyDocumentSchema } from '../../../src/plan/policy-document.ts';
import { readPolicy } from '../../../src/plan/read-policy.ts';

const read = (document: unknown) =>
  policyOf(machine, readPolicy({ name: 'standard', definition: policyDocumentSchema.parse(document) }));
const machine: Policy = { ...standardPolicy, audioOnly: 'publish', onDamage: 'publish', jobCpuSeconds: 1 };

/** What is said of a document that is refused. */
function faultsOf(document: unknown): string {
  const { error } = policyDocumentSchema.safeParse(document);
  return (error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
}

const house = [
  { height: 360, crf: 24, maxrate_kbps: 800, bufsize_kbps: 1_600 },
  { height: 720, crf: 23, maxrate_kbps: 3_000, bufsize_kbps: 6_000 },
];
const vbr = [{ height: 360, bitrate_kbps: 600, maxrate_kbps: 900, bufsize_kbps: 1_800 }];
const cbr = [{ height: 360, bitrate_kbps: 800, bufsize_kbps: 800 }];

describe('a document', () => {
  test('that says nothing is the standard policy, and the standard policy comes back as it was', () => {
    expect(read({})).toEqual(machine);
    expect(read(documentOf(standardPolicy))).toEqual(machine);
    expect(policyOf(machine, null)).toEqual(machine);
  });

  test('says what is different, and the answer shows all of it', () => {
    const whole = policyDocumentSchema.parse({
      ladder: house,
      audio: { bitrates_kbps: [96] },
      media_segment_seconds: 6,
    });
    expect(whole).toMatchObject({
      ...{ ladder: house, media_segment_seconds: 6, gop_seconds: 2, x264_preset: 'medium', playback: 'public' },
      audio: { bitrates_kbps: [96], target_lufs: -16, true_peak_db: -1.5 },
    });
    expect(read(whole)).toMatchObject({
      ...{ mediaSegmentSeconds: 6, audioOnly: 'publish' },
      ladder: [{ height: 360, rateControl: { mode: 'crf', crf: 24, maxrateKbps: 800, bufsizeKbps: 1_600 } }, {}],
      audio: { bitratesKbps: [96], mostTracks: 8 },
    });
  });

  test.each([
    ['vbr', vbr, { mode: 'vbr', bitrateKbps: 600, maxrateKbps: 900, bufsizeKbps: 1_800 }],
    ['cbr', cbr, { mode: 'cbr', bitrateKbps: 800, bufsizeKbps: 800 }],
  ])('of %s gives every rung its numbers', (mode, ladder, rateControl) => {
    const policy = read({ rate_control: { mode }, ladder });
    expect(policy.ladder).toEqual([{ height: 360, rateControl }]);
    expect(documentOf(policy)).toMatchObject({ rate_control: { mode }, ladder });
  });
});

const step = (changes: object) => ({ ladder: [{ ...house[0], ...changes }] });

describe('what is wrong is named, with its reason', () => {
  test.each([
    ['another codec', { codec: 'hevc' }, 'codec: hevc is not in this version, which makes h264'],
    ['a name that nothing is called by', { bitrate: 1 }, 'Unrecognized key: "bitrate"'],
    ['rungs that descend', { ladder: [house[1], house[0]] }, 'ladder.1.height: 360 follows 720: rungs ascend'],
    ['a rung twice', { ladder: [house[0], house[0]] }, 'ladder.1.height: 360 stands there twice'],
    [
      'a larger rung of less',
      { ladder: [house[0], { ...house[1], maxrate_kbps: 700 }] },
      'below that of the smaller rung (800',
    ],
    ['an odd height', step({ height: 361 }), 'ladder.0.height: must be even'],
    ['a rung too small', step({ height: 62 }), '>=64'],
    ['a rung too large', step({ height: 4_322 }), '<=4320'],
    ['no rung', { ladder: [] }, 'ladder: '],
    [
      'too many rungs',
      { ladder: Array.from({ length: 13 }, (_, at) => ({ ...house[0], height: 100 + 2 * at })) },
      'ladder: ',
    ],
    ['a buffer of no picture', step({ bufsize_kbps: 100 }), 'ladder.0.bufsize_kbps: 100 is not within 200 to 8000'],
    [
      'VBR over the ladder of CRF',
      { rate_control: { mode: 'vbr' } },
      'ladder.0.bitrate_kbps: rate_control.mode vbr needs it for every rung',
    ],
    [
      'a peak for CBR',
      { rate_control: { mode: 'cbr' }, ladder: vbr },
      'ladder.0.maxrate_kbps: counts for nothing where rate_control.mode is cbr: its rate is its peak',
    ],
    [
      'a peak below the average',
      { rate_control: { mode: 'vbr' }, ladder: [{ ...vbr[0], maxrate_kbps: 500 }] },
      '500 is below bitrate_kbps (600)',
    ],
    [
      'segments that begin without a keyframe',
      { media_segment_seconds: 5 },
      'media_segment_seconds: 5 s is no whole number of gop_seconds (2 s)',
    ],
    ['segments too long', { media_segment_seconds: 12 }, 'media_segment_seconds: '],
    ['half a second', { media_segment_seconds: 2.5 }, 'media_segment_seconds: '],
    ['sound that is too rich', { audio: { bitrates_kbps: [513] } }, 'audio.bitrates_kbps.0: '],
    ['sound twice', { audio: { bitrates_kbps: [64, 64] } }, 'audio.bitrates_kbps: names a bitrate twice'],
    ['another word', { playback: 'private' }, 'playback: '],
    ['a list', [], 'expected object'],
  ])('%s', (_, document, words) => {
    expect(faultsOf(document)).toContain(words);
  });
});
