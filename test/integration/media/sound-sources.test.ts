import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { builds, testTools } from '../../support/clips.ts';
import { tinyPolicy } from '../../support/encode-clip.ts';
import { finishClip, testPackager } from '../../support/finish-clip.ts';
import { clickTimes, flashTimes, nearest } from '../../support/flash-click.ts';
import { createTestContext, type TestContext } from '../../support/job-context.ts';
import { clicks, joinClips, makeSoundClip, type SoundClip, type SoundTrack } from '../../support/sound-clips.ts';

const policy = {
  ...tinyPolicy,
  preset: 'ultrafast' as const,
  ladder: tinyPolicy.ladder.slice(1),
  audio: { ...tinyPolicy.audio, bitratesKbps: [64] },
};

const coded = (name: string, rate = 48_000, more: Partial<SoundTrack> = {}): SoundTrack => ({
  ...{ codec: ['-c:a', name], rate },
  ...more,
});
const fourSeconds = { seconds: 4.2, heard: [0, 2, 4] };

interface Case extends Omit<SoundClip, 'seconds'> {
  seconds: number;
  /** Seconds at which a click is heard, in every track. */
  heard: number[];
}

const cases: Record<string, Case> = {
  'AAC, Opus, MP3, AC-3, Vorbis and FLAC in Matroska, 8 to 96 kHz': {
    ...fourSeconds,
    extension: 'mkv',
    tracks: [
      coded('aac', 44_100),
      coded('libopus'),
      coded('libmp3lame', 8_000),
      coded('ac3'),
      coded('libvorbis', 22_050),
      coded('flac', 96_000),
    ],
  },
  'PCM and ALAC in QuickTime, 8 to 192 kHz': {
    ...fourSeconds,
    extension: 'mov',
    tracks: [...[8_000, 11_025, 192_000].map((rate) => coded('pcm_s16le', rate)), coded('alac')],
  },
  'AAC with priming in the edit list, Opus with pre-skip in MP4': {
    ...fourSeconds,
    extension: 'mp4',
    tracks: [coded('aac', 44_100), coded('libopus')],
  },
  'AAC with priming that only iTunSMPB tells': {
    ...fourSeconds,
    extension: 'mp4',
    tracks: [coded('aac', 22_050)],
    output: ['-use_editlist', '0', '-avoid_negative_ts', 'disabled'],
    priming: 1_024,
  },
  'PCM in AVI': { ...fourSeconds, extension: 'avi', tracks: [coded('pcm_s16le', 44_100)], video: ['-c:v', 'mpeg4'] },
  'a source that starts at 10 s': {
    ...fourSeconds,
    extension: 'mkv',
    tracks: [coded('flac'), coded('aac')],
    output: ['-output_ts_offset', '10'],
  },
  'sound that begins late, and ends late': {
    ...{ seconds: 4.2, heard: [1.4, 3.4], extension: 'mkv' },
    tracks: [coded('flac', 48_000, { delay: 1.4, seconds: 2.2 })],
  },
  'lost blocks of 20 to 60 ms': {
    ...fourSeconds,
    extension: 'mkv',
    tracks: [
      coded('pcm_s16le', 48_000, { filter: "aselect='not(between(t,0.5,0.56)+between(t,1,1.05)+between(t,3,3.02))'" }),
    ],
  },
  'a hole of 13 s, and another track that begins after 14 s': {
    ...{ seconds: 18.2, heard: [16, 18], extension: 'mkv' },
    tracks: [
      coded('pcm_s16le', 44_100, { filter: "aselect='not(between(t,2,15))'" }),
      coded('flac', 48_000, { delay: 14, seconds: 4.2 }),
    ],
  },
};

const nothing: Case = { seconds: 0, extension: '', tracks: [], heard: [] };

/** How the old build sees times has to be known too where it could see other ones. */
const ofOldBuild = Object.keys(cases).filter((name) => /iTunSMPB|hole/.test(name));

describe.each([
  { ...builds[0], names: Object.keys(cases) },
  { ...builds[1], names: ofOldBuild },
])('with $build', ({ tools = testTools, names }) => {
  let context: TestContext;
  beforeAll(async () => {
    context = await createTestContext({ tools: await tools(), policy, packager: testPackager() });
  });
  afterAll(() => context.close());

  async function measure(path: string) {
    const { runId, videoId, plan } = await finishClip(context, path);
    expect(context.videoState(videoId)).toBe('ready');
    const flashes = await flashTimes(context, runId);
    const tracks = plan.audio.flatMap(({ tracks: [track] }) => (track ? [`audio/${track.name}`] : []));
    return { flashes, clicks: await Promise.all(tracks.map((track) => clickTimes(context, runId, track))) };
  }

  test.each(names)('in step with the picture, packaged: %s', async (name) => {
    const { heard = [], ...clip } = cases[name] ?? nothing;
    const { flashes, clicks } = await measure(await makeSoundClip(clip));
    expect(clicks).toHaveLength(clip.tracks.length);
    for (const second of heard) {
      // A flash at each even second; where the sound is late it is the flash before.
      const flash = nearest(flashes, Math.floor(second / 2) * 2);
      const wanted = flash + (second % 2);
      for (const [track, times] of clicks.entries()) {
        expect(Math.abs(nearest(times, wanted) - wanted), `track ${track}, ${second} s`).toBeLessThan(tolerance);
      }
    }
  });

  test('in step with the picture, packaged: AC-3 that goes from stereo to 5.1 and back', async () => {
    const part = (layout: string, start: number): SoundClip => ({
      ...{ extension: 'ts', seconds: 4 },
      tracks: [coded('ac3', 48_000, { source: clicks(48_000, 1), filter: `aformat=channel_layouts=${layout}` })],
      output: ['-output_ts_offset', `${start}`, '-muxdelay', '0', '-muxpreload', '0'],
    });
    const {
      flashes,
      clicks: [times = []],
    } = await measure(await joinClips([part('stereo', 0), part('5.1', 4), part('stereo', 8)]));
    expect(times).toHaveLength(6);
    for (const flash of flashes) expect(Math.abs(nearest(times, flash + 1) - flash - 1)).toBeLessThan(tolerance);
  });
});

/** Seconds: what is promised of a source whose own clicks are within a millisecond. */
const tolerance = 0.02;
