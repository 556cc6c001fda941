import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseLoudness } from '../../../src/ffmpeg/loudness.ts';
import { audio } from '../../../src/jobs/audio.job.ts';
import { readPlainTrack } from '../../../src/packaging/plain-track.ts';
import { readBoxesOfFile } from '../../../src/packaging/read-boxes.ts';
import { builds, type ClipOptions, ffmpeg, makeClip } from '../../support/clips.ts';
import { planClip, tinyPolicy } from '../../support/encode-clip.ts';
import { createTestContext, type TestContext } from '../../support/job-context.ts';

const clipOf = (name: string, soundFilter: string, changes: Partial<ClipOptions> = {}): Promise<string> =>
  makeClip({
    name,
    seconds: 8,
    size: '64x36',
    fps: 10,
    soundFilter,
    audio: ['-c:a', 'pcm_s16le'],
    container: 'mov',
    ...changes,
  });

/** A tone that is loud for 5 ms in each half second, as speech has peaks over its level. */
const peaky = "asetnsamples=48,volume='if(lt(mod(t,0.5),0.005),5,0.8)':eval=frame";

/** Three of 10 ms, and hardly anything else. */
const bursts = "aeval='if(lt(t,3)*lt(mod(t,1),0.01),0.7*sin(2*PI*2000*t),0)+0.005*(random(0)-0.5)'";

describe.each(builds)('with $build', ({ tools }) => {
  let context: TestContext;
  beforeAll(async () => {
    context = await createTestContext({ tools: await tools(), policy: tinyPolicy });
  });
  afterAll(() => context.close());

  /** The tracks that the real handlers make of a clip, and what was measured of them afterwards, by decoding. */
  async function tracksOf(path: string) {
    const { videoId, runId } = await planClip(context, path);
    await audio.run(await context.context({ videoId, runId }));
    const rows = context.artefacts(runId).filter(({ kind }) => kind === 'audio');
    return Promise.all(
      rows.map(async ({ rendition, key, facts }) => {
        const file = context.services.storage.localPath(key) ?? '';
        const log = await ffmpeg(['-v', 'info', '-i', file, '-af', 'ebur128=peak=true', '-f', 'null', '-']);
        return { rendition, facts, file, log, loudness: parseLoudness(log) };
      }),
    );
  }

  test.each([
    ['quiet', 'volume=-24dB'],
    ['peaky', peaky],
    ['bursts', bursts],
  ])('%s sound comes out at -16 LUFS, its peaks below the ceiling, in both tracks', async (name, filter) => {
    const tracks = await tracksOf(await clipOf(name, filter));
    expect(tracks.map(({ rendition }) => rendition)).toEqual(['audio/aac_128k', 'audio/aac_64k']);
    for (const { loudness, facts } of tracks) {
      expect(Math.abs((loudness?.lufs ?? 0) + 16)).toBeLessThanOrEqual(0.5);
      expect(loudness?.truePeakDb).toBeLessThanOrEqual(-1.5);
      expect(facts).toMatchObject({ limited: name !== 'quiet', after: { lufs: expect.any(Number) } });
    }
  });

  test('silence stays silent, and noise below -70 LUFS is not made louder', async () => {
    for (const filter of ['volume=0', 'volume=-70dB']) {
      const made = await tracksOf(await clipOf('silent', filter, { audio: ['-c:a', 'pcm_s24le'] }));
      for (const { loudness, facts } of made) {
        expect(loudness?.lufs).toBe(-70);
        expect(loudness?.truePeakDb ?? -100).toBeLessThan(-60);
        expect(facts).toMatchObject({ gainDb: 0, limited: false });
      }
    }
  });

  test('5.1 becomes stereo, and what only the centre says is heard; mono becomes stereo', async () => {
    for (const layout of ['pan=5.1|FC=c0', 'pan=mono|c0=c0']) {
      for (const { log, loudness, file } of await tracksOf(await clipOf('layout', layout))) {
        expect(log).toMatch(/Audio: aac.*48000 Hz, stereo/);
        expect(Math.abs((loudness?.lufs ?? 0) + 16)).toBeLessThanOrEqual(0.5);
        const track = readPlainTrack(await readBoxesOfFile(['moov'], file));
        expect(track.presentedDuration / track.timescale).toBeCloseTo(8, 2);
      }
    }
  });

  test('sound that ends early goes on as silence', async () => {
    for (const { file } of await tracksOf(await clipOf('length', 'atrim=end=3'))) {
      const track = readPlainTrack(await readBoxesOfFile(['moov'], file));
      expect(track.presentedDuration / track.timescale).toBeCloseTo(8, 2);
    }
  });
});

test('a second delivery finds the sound done and makes nothing', async () => {
  const context = await createTestContext({ policy: tinyPolicy });
  try {
    const { videoId, runId } = await planClip(context, await clipOf('quiet', 'volume=-24dB'));
    await audio.run(await context.context({ videoId, runId }));
    const first = context.artefacts(runId);
    await audio.run(await context.context({ videoId, runId }));
    expect(context.artefacts(runId)).toEqual(first);
  } finally {
    await context.close();
  }
});
