import { describe, expect, test } from 'vitest';
import { planAudio } from '../../../src/plan/audio-plan.ts';
import { type SoundReport, soundWarnings } from '../../../src/plan/audio-report.ts';
import { standardPolicy } from '../../../src/plan/policy.ts';

const span = { startSeconds: 1.4, durationSeconds: 20 };
const track = (streamIndex: number, channels = 2, language: string | null = null) => ({
  ...{ streamIndex, codec: 'aac', channels, sampleRate: 48_000, language, title: null, isDefault: streamIndex === 2 },
});

test('every track is made in every bitrate, under a name of its own', () => {
  const { audio, warnings } = planAudio([track(2, 2, 'en'), track(1, 1, 'de')], span, standardPolicy);
  expect(warnings).toEqual([]);
  expect(audio).toMatchObject([
    { streamIndex: 2, language: 'en', isDefault: true, ...span, targetLufs: -16, truePeakDb: -1.5 },
    { streamIndex: 1, language: 'de', isDefault: false, ...span },
  ]);
  expect(audio.map(({ tracks }) => tracks.map(({ name, bitrateKbps }) => [name, bitrateKbps]))).toEqual([
    [
      ['aac_128k', 128],
      ['aac_64k', 64],
    ],
    [
      ['aac_128k_2', 128],
      ['aac_64k_2', 64],
    ],
  ]);
});

test('no sound is no plan of it', () => {
  expect(planAudio([], span, standardPolicy)).toEqual({ audio: [], warnings: [] });
});

test('what is mixed down is said once, with its channels', () => {
  const { warnings } = planAudio([track(2, 6), track(3, 2), track(4, 8)], span, standardPolicy);
  expect(warnings).toEqual([
    { code: 'downmixed', detail: 'Mixed down to stereo: sound track 1 (6 channels), sound track 3 (8 channels).' },
  ]);
});

test('of more channels than any layout has, the report says that two are taken', () => {
  const { warnings } = planAudio([track(2, 16)], span, standardPolicy);
  expect(warnings).toMatchObject([{ detail: expect.stringContaining('(the first two of 16 channels)') }]);
});

describe('of 20 s of picture', () => {
  const report = (startSeconds: number | null, endSeconds: number | null, unreadable = false): SoundReport => ({
    ...{ startSeconds, endSeconds, unreadable, before: null, after: null, gainDb: 0, limited: false },
  });
  const said = (...reports: (SoundReport | null)[]) =>
    soundWarnings(
      reports.map(() => span),
      reports,
    ).map(({ code, detail }) => `${code}: ${detail}`);

  test.each<[string, SoundReport | null, string[]]>([
    ['sound as long says nothing', report(0, 20), []],
    ['and half a second either way', report(0.2, 20.5), []],
    ['sound that ends early', report(0, 17), ['audio_padded: The sound has 3.0 s of silence added.']],
    ['sound that begins late', report(4, 20), ['audio_padded: The sound has 4.0 s of silence added.']],
    ['both', report(4, 17), ['audio_padded: The sound has 7.0 s of silence added.']],
    [
      'sound that is longer',
      report(-3, 25),
      ['audio_cut: The sound is 5.0 s longer than the picture: it ends with it.'],
    ],
    [
      'sound that begins after the picture',
      report(22, 25),
      [
        'audio_padded: The sound has 20.0 s of silence added.',
        'audio_cut: The sound is 5.0 s longer than the picture: it ends with it.',
      ],
    ],
    ['a track with nothing in it', report(null, null), ['audio_padded: The sound has 20.0 s of silence added.']],
    ['one that cannot be read', report(0, 20, true), ['audio_unreadable: The sound cannot be read: it is silent.']],
    ['one of which nothing is known', null, []],
  ])('%s', (_name, found, expected) => {
    expect(said(found)).toEqual(expected);
  });

  test('of several tracks each is named', () => {
    expect(said(report(0, 20), report(0, 17))).toEqual(['audio_padded: Sound track 2 has 3.0 s of silence added.']);
  });
});
