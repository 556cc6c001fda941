import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseLoudness } from '../../../src/ffmpeg/loudness.ts';
import { audio } from '../../../src/jobs/audio.job.ts';
import { readPlainTrack } from '../../../src/packaging/plain-track.ts';
import { readBoxesOfFile } from '../../../src/packaging/read-boxes.ts';
import { soundReportSchema, soundWarnings } from '../../../src/plan/audio-report.ts';
import { builds, ffmpeg } from '../../support/clips.ts';
import { planClip, tinyPolicy } from '../../support/encode-clip.ts';
import { readSamples, toneLevel } from '../../support/flash-click.ts';
import { createTestContext, type TestContext } from '../../support/job-context.ts';
import { makeSoundClip, type SoundClip, type SoundTrack } from '../../support/sound-clips.ts';

const policyOf = (...bitratesKbps: number[]) => ({ ...tinyPolicy, audio: { ...tinyPolicy.audio, bitratesKbps } });

describe.each(builds)('with $build', ({ tools }) => {
  let context: TestContext;
  // ffmpeg fails for a graph that gives nothing only where it has two outputs.
  let twoBitrates: TestContext;
  beforeAll(async () => {
    context = await createTestContext({ tools: await tools(), policy: policyOf(128) });
    twoBitrates = await createTestContext({ tools: await tools(), policy: policyOf(128, 64) });
  });
  afterAll(async () => {
    await context.close();
    await twoBitrates.close();
  });

  /** What the real handlers make of each track of a clip, with what the report says of them. */
  const make = async (clip: SoundClip, testContext = context) => makeOf(await makeSoundClip(clip), testContext);

  async function makeOf(path: string, testContext = context) {
    const { videoId, runId, plan } = await planClip(testContext, path);
    await audio.run(await testContext.context({ videoId, runId }));
    const rows = testContext.artefacts(runId).filter(({ kind }) => kind === 'audio');
    const tracks = plan.audio.map(({ tracks: [track] }) => {
      const row = rows.find(({ rendition }) => rendition === `audio/${track?.name}`);
      return {
        file: testContext.services.storage.localPath(row?.key ?? '') ?? '',
        report: soundReportSchema.parse(row?.facts),
      };
    });
    return {
      tracks,
      plan,
      warnings: soundWarnings(
        plan.audio,
        tracks.map(({ report }) => report),
      ),
    };
  }

  // One tone a channel, 300 Hz apart; how loud each is on the left and on the right, against the loudest of all.
  const centre = 0.71;
  const layouts: [layout: string, channels: number, left: number[], right: number[]][] = [
    ['mono', 1, [1], [1]],
    ['2.1', 3, [1, 0, 0], [0, 1, 0]],
    ['quad', 4, [1, 0, centre, 0], [0, 1, 0, centre]],
    ['5.1', 6, [1, 0, centre, 0, centre, 0], [0, 1, centre, 0, 0, centre]],
    ['5.1(side)', 6, [1, 0, centre, 0, centre, 0], [0, 1, centre, 0, 0, centre]],
    ['7.1', 8, [1, 0, centre, 0, centre, 0, centre, 0], [0, 1, centre, 0, 0, centre, 0, centre]],
    ['nothing that has a name', 12, [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], [0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
  ];

  test(`each channel of ${layouts.map(([layout]) => layout).join(', ')} is where it belongs, the centre in both`, async () => {
    const { tracks, plan } = await make({
      extension: 'mov',
      seconds: 2,
      tracks: layouts.map(([layout, channels]) => tones(layout, channels)),
    });
    for (const [position, { file }] of tracks.entries()) {
      const [layout, channels, left, right] = layouts[(plan.audio[position]?.streamIndex ?? 0) - 1] ?? ['', 0, [], []];
      const heard = await Promise.all(
        ([0, 1] as const).map(async (side) => {
          const samples = await readSamples(file, side);
          return Array.from({ length: channels }, (_, channel) => toneLevel(samples, 300 * (channel + 1)));
        }),
      );
      const loudest = Math.max(...heard.flat());
      const wanted = [...left, ...right];
      heard.flat().forEach((level, at) => {
        expect(level / loudest, `${layout}, ${at < channels ? 'left' : 'right'}, channel ${at % channels}`).toBeCloseTo(
          wanted[at] ?? 0,
          1,
        );
      });
    }
    expect(plan.warnings.map(({ code }) => code)).toContain('downmixed');
  });

  const noise = 'anoisesrc=r=48000:a=0.2:seed=7:color=pink';
  const tone = 'sine=frequency=440:sample_rate=48000';
  const burst = (every: number, loud: number, quiet: number) =>
    `asetnsamples=48,volume='if(lt(mod(t,${every}),0.005),${loud},${quiet})':eval=frame`;
  const bursts =
    "aevalsrc='if(lt(t,3)*lt(mod(t,1),0.01),0.7*sin(2*PI*2000*t),0)+0.005*(random(0)-0.5)':s=44100,aformat=sample_fmts=s16";
  const levels: [name: string, source: string, filter: string][] = [
    ['quiet noise', noise, 'volume=-20dB'],
    ['loud noise', noise, 'volume=14dB'],
    ['a tone cut off at full scale', tone, 'volume=40dB,aformat=sample_fmts=s16'],
    ['a tone with peaks', tone, burst(0.5, 5, 0.8)],
    ['noise with many peaks', noise, burst(0.1, 4, 0.5)],
    ['noise that is loud for a quarter of the time', noise, "volume='if(lt(mod(t,4),1),1,0.01)':eval=frame"],
    ['mono', tone, 'pan=mono|c0=0.1*c0'],
    ['three bursts of 10 ms, and hardly anything else', bursts, 'anull'],
    ['5.1 at full scale in every channel', tone, 'volume=18dB,pan=5.1|FL=c0|FR=c0|FC=c0|BL=c0|BR=c0'],
  ];

  test('each track is brought to -16 LUFS by itself, its peaks below -1.5 dBTP', async () => {
    const { tracks, plan } = await make({
      extension: 'mov',
      seconds: 5,
      tracks: levels.map(([, source, filter]) => ({ codec: ['-c:a', 'pcm_s16le'], source, filter })),
    });
    for (const [position, { file }] of tracks.entries()) {
      const log = await ffmpeg([
        '-v',
        'info',
        '-i',
        file,
        '-af',
        'ebur128=peak=true:framelog=verbose',
        '-f',
        'null',
        '-',
      ]);
      const loudness = parseLoudness(log);
      const [name] = levels[(plan.audio[position]?.streamIndex ?? 0) - 1] ?? [];
      expect(Math.abs((loudness?.lufs ?? 0) + 16), `${name}: ${loudness?.lufs} LUFS`).toBeLessThanOrEqual(0.5);
      expect(loudness?.truePeakDb, name).toBeLessThanOrEqual(-1.5);
    }
  });

  const odd: [name: string, track: Partial<SoundTrack & SoundClip>, container: string, codes: string[]][] = [
    ['one sample', { seconds: 0.00002 }, 'mov', ['audio_padded']],
    ['nothing but priming', { seconds: 0.00002, codec: ['-c:a', 'aac'] }, 'mp4', ['audio_padded']],
    ['no packets', { output: ['-af', 'aselect=0'] }, 'mkv', ['audio_padded']],
    ['sound that begins after the picture ends', { delay: 5 }, 'mkv', ['audio_padded', 'audio_cut']],
    ['sound that ends early', { seconds: 1 }, 'mov', ['audio_padded']],
    ['sound that is a minute longer', { seconds: 60 }, 'mov', ['audio_cut']],
  ];
  test.each(odd)(
    '%s: as long as the picture, and the report says what was done',
    async (_name, { output, ...track }, extension, codes) => {
      const sound = { codec: ['-c:a', 'pcm_s16le'], source: tone, ...track };
      const { tracks, warnings } = await make({ extension, seconds: 2, output, tracks: [sound] }, twoBitrates);
      const header = readPlainTrack(await readBoxesOfFile(['moov'], tracks[0]?.file ?? ''));
      expect(header.presentedDuration / header.timescale).toBeCloseTo(2, 2);
      expect(warnings.map(({ code }) => code)).toEqual(codes);
    },
  );

  test('samples of floating point that are no numbers, or infinite, are silent, and what is around them is heard', async () => {
    const { tracks } = await make({
      ...{ extension: 'mov', seconds: 3 },
      tracks: [
        ['0/0', 'mono', 'pcm_f32le'],
        ['1/0', 'stereo', 'pcm_f64le'],
        ['0/0', '5.1', 'pcm_f32be'],
      ].map(([sample, layout, codec = '']) => ({
        codec: ['-c:a', codec],
        source: `aevalsrc='if(between(t,1,2),${sample},0.3*sin(2*PI*440*t))':s=48000,aformat=channel_layouts=mono`,
        filter: `pan=${layout}|c0=c0${layout === 'stereo' ? '|c1=c0' : ''}`,
      })),
    });
    expect(tracks).toHaveLength(3);
    for (const { file, report } of tracks) {
      expect(Math.abs((report.after?.lufs ?? 0) + 16)).toBeLessThanOrEqual(0.5);
      const samples = await readSamples(file);
      const perSecond = samples.length / 3;
      const loudest = (from: number, to: number) =>
        Math.max(...samples.slice(from * perSecond, to * perSecond).map(Math.abs));
      expect(loudest(0.1, 0.9)).toBeGreaterThan(0.1);
      expect(loudest(1.1, 1.9)).toBeLessThan(0.001);
      expect(loudest(2.1, 2.9)).toBeGreaterThan(0.1);
    }
  });

  test('a track of which little can be decoded: that is heard, and the rest is silent', async () => {
    const path = await makeSoundClip({
      ...{ extension: 'mp4', seconds: 6, output: ['-movflags', '+faststart'] },
      tracks: [{ codec: ['-c:a', 'aac'], source: tone }],
    });
    const bytes = await readFile(path);
    const damaged = join(context.root, 'little-sound.mp4');
    await writeFile(damaged, bytes.fill(0, bytes.indexOf('mdat') + Math.floor(bytes.length * 0.2)));
    const { tracks, warnings } = await makeOf(damaged);
    expect(tracks.map(({ report }) => report.unreadable)).toEqual([false]);
    expect(warnings.map(({ code }) => code)).toEqual(['sound_damaged']);
    const samples = await readSamples(tracks[0]?.file ?? '');
    const loudest = (from: number, to: number) =>
      Math.max(...samples.slice((from / 6) * samples.length, (to / 6) * samples.length).map(Math.abs));
    expect(loudest(0.1, 0.6)).toBeGreaterThan(0.1);
    expect(loudest(5, 5.9)).toBeLessThan(0.001);
  });

  test('a track in which nothing can be decoded is silent, and the others are whole', async () => {
    const { tracks, warnings } = await make({
      ...{ extension: 'mkv', seconds: 2 },
      tracks: [
        { codec: ['-c:a', 'flac'], source: tone },
        { codec: ['-c:a', 'ac3'], source: tone },
      ],
      // Every byte of the second track is another one; the streams are told by the header.
      copy: { output: ['-bsf:a:1', 'noise=amount=1'] },
    });
    expect(tracks.map(({ report }) => report.unreadable)).toEqual([false, true]);
    expect(Math.max(...(await readSamples(tracks[1]?.file ?? '')))).toBeLessThan(0.001);
    expect(Math.max(...(await readSamples(tracks[0]?.file ?? '')))).toBeGreaterThan(0.1);
    expect(warnings.map(({ code }) => code)).toEqual(['audio_unreadable']);
  });
});

/** A tone of its own in each channel. */
function tones(layout: string, channels: number): SoundTrack {
  const expressions = Array.from({ length: channels }, (_, channel) => `0.1*sin(2*PI*${300 * (channel + 1)}*t)`);
  const named = channels > 8 ? '' : `:c=${layout}`;
  return { codec: ['-c:a', 'pcm_s16le'], source: `aevalsrc='${expressions.join('|')}':s=48000${named}` };
}
