import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { probe } from '../../../src/jobs/probe.job.ts';
import { builds } from '../../support/clips.ts';
import { tinyPolicy } from '../../support/encode-clip.ts';
import { finishClip, testPackager } from '../../support/finish-clip.ts';
import { createTestContext, type TestContext } from '../../support/job-context.ts';
import { aac, h264, h264OpenGop, makeSource, mpeg2, type SourceRecipe, timedBy } from '../../support/sources.ts';

const frames = 300;
/** One bit of every 400 bytes of a span turns over. */
const flipped = (file: Buffer) => {
  for (let at = Math.floor(file.length * 0.4); at < file.length * 0.6; at += 400) file[at] = (file[at] ?? 0) ^ 16;
  return file;
};

describe.each(builds)('with $build', ({ tools }) => {
  let context: TestContext;
  beforeAll(async () => {
    const policy = { ...tinyPolicy, preset: 'ultrafast' as const, audio: { ...tinyPolicy.audio, bitratesKbps: [64] } };
    context = await createTestContext({ tools: await tools(), packager: await testPackager(), policy });
  });
  afterAll(() => context.close());

  async function make(recipe: SourceRecipe) {
    const { ref, plan } = await finishClip(context, await makeSource(recipe));
    const report = [...(context.probe(ref.runId)?.warnings ?? []), ...(context.outputs(ref.videoId)?.warnings ?? [])];
    return { plan, said: (code: string) => report.flatMap((one) => (one.code === code ? [one.detail] : [])) };
  }

  test('bits that turned over: every frame is there, and where pictures were filled by guess is said', async () => {
    const { plan, said } = await make({
      ...{ extension: 'mp4', frames, video: mpeg2(25), output: ['-movflags', '+faststart'] },
      damage: flipped,
    });
    expect(plan.source.frames).toBe(frames);
    expect(said('frames_lost')).toEqual([]);
    expect(said('pictures_damaged')).toEqual([
      expect.stringMatching(
        /^Parts of \d+ pictures cannot be decoded and are filled by guess, between 4\.0 and \d+\.0 s\.$/,
      ),
    ]);
  });

  test.each([
    ['open GOPs', { extension: 'mkv', frames, video: h264OpenGop(60), audio: aac }],
    [
      'MPEG-TS that begins in the middle of a GOP',
      { extension: 'ts', frames, video: h264(50), audio: aac, damage: (file: Buffer) => file.subarray(188 * 150) },
    ],
  ])('%s: nothing of a whole source is taken for damaged', async (_, recipe) => {
    const { said } = await make(recipe);
    for (const code of ['pictures_damaged', 'sound_damaged', 'frames_lost', 'end_missing', 'duration_corrected']) {
      expect(said(code)).toEqual([]);
    }
  });

  test('a header that lies on its duration: what is there is taken, and that is said', async () => {
    const lies = (file: Buffer) => {
      // Matroska's Duration: a double, milliseconds.
      const at = file.indexOf(Buffer.of(0x44, 0x89, 0x88));
      file.writeDoubleBE(3_600_000, at + 3);
      return file;
    };
    const { plan, said } = await make({ extension: 'mkv', frames: 50, video: h264(25), damage: lies });
    expect(plan.source.durationSeconds).toBe(2);
    expect(said('duration_corrected')).toEqual(['The file says 3600.0 s, and its picture lasts 2.0 s.']);
  });

  test('a clock that jumps by 26 h is refused as too long, and the jump is named', async () => {
    const jump = timedBy('N/25+93600*gte(N,50)');
    const path = await makeSource({ extension: 'mkv', frames: 100, video: h264(25), filter: jump });
    const ref = await context.addVideo(path);
    await expect(probe.run(await context.context(ref))).rejects.toMatchObject({
      code: 'INPUT_TOO_LONG',
      detail:
        'The video is 26.0 h or longer; the limit is 12.0 h. Its clock jumps by 26.0 h, 2.0 s after its beginning.',
    });
  });

  test('sound of which a second is lost, and sound that cannot be decoded', async () => {
    const lost = (file: Buffer) => {
      const packets = Array.from({ length: file.length / 188 }, (_, at) => file.subarray(at * 188, (at + 1) * 188));
      const isLost = (packet: Buffer, at: number) =>
        at > packets.length * 0.5 && at < packets.length * 0.6 && packet.readUInt16BE(1) % 0x2000 === 0x101;
      return Buffer.concat(packets.filter((packet, at) => !isLost(packet, at)));
    };
    const holed = await make({ extension: 'ts', frames, video: h264(50), audio: aac, damage: lost });
    expect(holed.said('sound_damaged')).toEqual([
      expect.stringMatching(
        /^[01]\.\d s of the sound are missing or cannot be decoded: silence, between \d\.\d and \d\.\d s\.$/,
      ),
    ]);
    expect(holed.said('frames_lost')).toEqual([]);

    const noise = ['-bsf:a', 'noise=amount=300'];
    const ac3 = { extension: 'mkv', frames, video: h264(50), audio: ['-c:a', 'ac3', '-b:a', '192k'] };
    const noisy = await make({ ...ac3, passes: [{ output: noise }] });
    expect(noisy.said('sound_damaged')).toEqual([
      expect.stringMatching(/^\d+\.\d s of the sound are missing or cannot be decoded: silence(, [^.]+\.\d.*)?\.$/),
    ]);
  });
});
