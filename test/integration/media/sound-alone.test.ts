import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseMaster } from '../../../src/packaging/parse-m3u8.ts';
import { standardPolicy } from '../../../src/plan/policy.ts';
import { ffmpeg } from '../../support/clips.ts';
import { planClip } from '../../support/encode-clip.ts';
import { finishClip, outputsOf, readPackaged, testPackager } from '../../support/finish-clip.ts';
import { createTestContext, type TestContext } from '../../support/job-context.ts';

let context: TestContext;
beforeAll(async () => {
  const policy = { ...standardPolicy, audioOnly: 'publish' as const };
  context = await createTestContext({ packager: testPackager(), policy });
});
afterAll(() => context?.close());

/** `seconds` of sound by ffmpeg's options of the output; `inputs` go before a tone. */
async function sound(name: string, output: string[], inputs: string[] = [], seconds = 9): Promise<string> {
  const path = join(context.root, name);
  await ffmpeg([...inputs, '-f', 'lavfi', '-i', `sine=frequency=440:duration=${seconds}`, ...output, path]);
  return path;
}
const cover = ['-f', 'lavfi', '-i', 'testsrc2=size=64x64:duration=0.04'];

test.each([
  ['WAV', 'a.wav', [], []],
  ['AIFF', 'a.aiff', [], []],
  ['FLAC', 'a.flac', [], []],
  ['MP3 with a cover', 'a.mp3', ['-map', '0', '-map', '1', '-c:v', 'mjpeg', '-disposition:v', 'attached_pic'], cover],
  ['raw AAC', 'a.aac', [], []],
  ['M4A', 'a.m4a', [], []],
  ['Opus in WebM', 'a.webm', ['-c:a', 'libopus'], []],
  ['Matroska with a JPEG that is no moving picture', 'a.mkv', ['-map', '0', '-map', '1', '-c:v', 'mjpeg'], cover],
])('sound alone is published: %s', async (_, name, output, inputs) => {
  const { runId, videoId, plan } = await finishClip(context, await sound(name, output, inputs));
  expect(context.videoState(videoId)).toBe('ready');
  expect(plan).toMatchObject({ picture: null, rungs: [], encodeTasks: [], thumbnails: null });
  expect(plan.source.durationSeconds).toBeGreaterThan(8.95);
  expect(plan.source.durationSeconds).toBeLessThan(9.1);
  expect(context.probe(runId)?.warnings.map(({ code }) => code)).toContain('audio_only');
  const { byPath, read } = outputsOf(context, runId);
  expect(context.outputs(videoId)).toMatchObject({
    hlsKey: byPath.get('manifest.m3u8')?.key,
    posterKey: null,
    thumbnailsKey: null,
  });
  const master = parseMaster((await read('manifest.m3u8')).toString());
  expect(master.variants.map(({ uri }) => uri)).toEqual([
    'audio/aac_128k/playlist.m3u8',
    'audio/aac_64k/playlist.m3u8',
  ]);
  const { frames, timescale } = await readPackaged(context, runId, 'audio/aac_128k');
  const last = frames.at(-1);
  expect(((last?.pts ?? 0) + (last?.duration ?? 0)) / timescale).toBeCloseTo(plan.source.durationSeconds, 1);
});

test('sound alone in two languages has a variant for each bitrate, with both as a choice', async () => {
  const second = ['-f', 'lavfi', '-i', 'sine=frequency=880:duration=5'];
  const languages = ['-metadata:s:a:0', 'language=deu', '-metadata:s:a:1', 'language=fra'];
  const path = await sound('two.m4a', ['-map', '0', '-map', '1', ...languages], second, 5);
  const { runId } = await finishClip(context, path);
  const master = parseMaster((await outputsOf(context, runId).read('manifest.m3u8')).toString());
  expect(master.variants).toHaveLength(2);
  expect(master.media.map(({ attributes }) => attributes.LANGUAGE).sort()).toEqual(['de', 'de', 'fr', 'fr']);
});

test('sound alone is refused where the policy does not publish it', async () => {
  const strict = await createTestContext();
  for (const name of ['b.wav', 'b.m4a']) {
    const planned = planClip(strict, await sound(name, [], [], 1));
    await expect(planned).rejects.toMatchObject({
      code: 'INPUT_NO_VIDEO',
      detail: expect.stringMatching(/sound only/),
    });
  }
  await strict.close();
});
