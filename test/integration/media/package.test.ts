import { truncate, unlink, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { audio } from '../../../src/jobs/audio.job.ts';
import { finalize } from '../../../src/jobs/finalize.job.ts';
import { packageVideo } from '../../../src/jobs/package.job.ts';
import { thumbnails } from '../../../src/jobs/thumbnails.job.ts';
import { readFrames } from '../../../src/packaging/cmaf.ts';
import { parseMaster, parseMedia } from '../../../src/packaging/parse-m3u8.ts';
import { type ClipName, clip, makeClip } from '../../support/clips.ts';
import { encodeClip, planClip, renditionsOf, tinyPolicy } from '../../support/encode-clip.ts';
import { finishClip, outputsOf, readPackaged, testPackager } from '../../support/finish-clip.ts';
import { createTestContext, type TestContext } from '../../support/job-context.ts';
import { sourceTimes } from '../../support/source-times.ts';

let context: TestContext;
beforeAll(async () => {
  context = await createTestContext({ policy: tinyPolicy, packager: testPackager() });
});
afterAll(() => context.close());

const short = (changes = {}) => makeClip({ name: 'short', seconds: 9, fps: '30000/1001', size: '64x36', ...changes });

test.each<[ClipName]>([['vfr'], ['fps-29.97']])(
  '%s: players find every frame at its source’s time, to the tick',
  async (name) => {
    const path = await clip(name);
    const { runId, videoId, plan } = await finishClip(context, path);
    expect(context.videoState(videoId)).toBe('ready');
    const source = await sourceTimes(path);
    const expected = source.pts.map((pts) => (pts - (source.pts[0] ?? 0)) * source.timeBase.numerator);
    for (const rendition of renditionsOf(plan)) {
      const { timescale, frames } = await readPackaged(context, runId, rendition);
      expect(timescale).toBe(source.timeBase.denominator);
      expect(frames.map(({ pts }) => pts)).toEqual(expected);
    }
  },
);

describe('a short clip with sound', () => {
  test('has one variant a picture with its sound, and the outputs are named on the video', async () => {
    const { runId, videoId } = await finishClip(context, await short());
    const { byPath, read } = outputsOf(context, runId);
    const master = parseMaster((await read('manifest.m3u8')).toString());
    expect(master.variants.map(({ uri }) => uri).sort()).toEqual(['h264/24p/playlist.m3u8', 'h264/36p/playlist.m3u8']);
    expect(master.variants.map(({ attributes }) => attributes.AUDIO)).toEqual(['aac_64k', 'aac_64k']);
    expect(master.media).toHaveLength(2);
    expect(context.outputs(videoId)).toEqual({
      hlsKey: byPath.get('manifest.m3u8')?.key,
      dashKey: byPath.get('manifest.mpd')?.key,
      posterKey: byPath.get('poster.jpg')?.key,
      thumbnailsKey: byPath.get('thumbnails.vtt')?.key,
      warnings: [],
    });
    expect(byPath.get('manifest.m3u8')?.key).toMatch(new RegExp(`^transcoded/${videoId}/${runId}/package-1/`));
    expect((await read('manifest.mpd')).toString()).toContain('type="static"');
  });

  test('has I-frame playlists whose ranges are one keyframe each', async () => {
    const { runId } = await finishClip(context, await short());
    const { read } = outputsOf(context, runId);
    const playlist = parseMedia((await read('h264/36p/iframes.m3u8')).toString());
    expect(playlist.segments).toHaveLength(3);
    const init = await read('h264/36p/init.mp4');
    for (const { uri, byteRange } of playlist.segments) {
      const segment = await read(`h264/36p/${uri}`);
      const [first] = readFrames(init, segment).frames;
      const { start = -1, end = -1 } = byteRange ?? {};
      const moofBytes = segment.readUInt32BE(start);
      expect(segment.toString('latin1', start + 4, start + 8)).toBe('moof');
      expect(first?.key).toBe(true);
      expect(end).toBe(start + moofBytes + 8 + (first?.bytes ?? 0)); // 8: the header of mdat
    }
  });

  test('gives the same bytes twice, playlists and thumbnails too', async () => {
    const hashes = async () => {
      const { runId } = await finishClip(context, await short());
      return [...outputsOf(context, runId).byPath]
        .map(([path, { sha256, size }]) => `${path} ${size} ${sha256}`)
        .sort();
    };
    const first = await hashes();
    expect(first.length).toBeGreaterThan(20);
    expect(await hashes()).toEqual(first);
  });
});

test('a clip without sound is ready too, with pictures alone', async () => {
  const { runId, videoId } = await finishClip(context, await short({ audio: null }));
  expect(context.videoState(videoId)).toBe('ready');
  const { read } = outputsOf(context, runId);
  expect(parseMaster((await read('manifest.m3u8')).toString())).toMatchObject({ media: [], variants: [{}, {}] });
});

describe('package refuses', () => {
  test('PACKAGE_INVALID: a rendition whose segment was never committed, and says which', async () => {
    const planned = await planClip(context, await short({ audio: null }));
    const pack = packageVideo.run(await context.context({ videoId: planned.videoId, runId: planned.runId }));
    await expect(pack).rejects.toMatchObject({ code: 'PACKAGE_INVALID', detail: 'h264/24p: no header is committed' });
  });
  test('an object that is shorter than its row says', async () => {
    const { videoId, runId } = await encodeClip(context, await short({ audio: null }));
    const segment = context.artefacts(runId).find(({ kind, segmentIndex }) => kind === 'segment' && segmentIndex === 1);
    await truncate(context.services.storage.localPath(segment?.key ?? '') ?? '', 1_000);
    const pack = packageVideo.run(await context.context({ videoId, runId }));
    await expect(pack).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  });
});

describe('finalize refuses, and the video is not ready,', () => {
  /** Everything but finalize. */
  async function packed() {
    const { videoId, runId } = await encodeClip(context, await short());
    const ref = { videoId, runId };
    for (const step of [audio, thumbnails, packageVideo]) await step.run(await context.context(ref));
    return { ref, fileOf: outputsOf(context, runId).fileOf };
  }
  const refused = async (ref: { videoId: string; runId: string }, detail: string) => {
    const end = finalize.run(await context.context(ref));
    await expect(end).rejects.toMatchObject({ detail: expect.stringContaining(detail) });
    expect(context.videoState(ref.videoId)).toBe('packaging');
  };

  test('VERIFY_FAILED where a step is not committed', async () => {
    const { videoId, runId } = await encodeClip(context, await short());
    const end = finalize.run(await context.context({ videoId, runId }));
    await expect(end).rejects.toMatchObject({ code: 'VERIFY_FAILED', detail: expect.stringContaining('audio') });
  });
  test('where an object is gone', async () => {
    const { ref, fileOf } = await packed();
    await unlink(fileOf('h264/24p/seg-2.m4s'));
    await refused(ref, 'h264/24p/seg-2.m4s is not in storage');
  });
  test('where an object is cut short', async () => {
    const { ref, fileOf } = await packed();
    await truncate(fileOf('audio/aac_64k/seg-1.m4s'), 5_000);
    await refused(ref, 'audio/aac_64k/seg-1.m4s has 5000 bytes in storage');
  });
  test('where a frame’s time is another one', async () => {
    const { ref, fileOf } = await packed();
    const path = fileOf('h264/36p/seg-2.m4s');
    const bytes = await outputsOf(context, ref.runId).read('h264/36p/seg-2.m4s');
    const tfdt = bytes.indexOf('tfdt');
    const at = tfdt - 5 + bytes.readUInt32BE(tfdt - 4);
    bytes.writeUInt8(bytes.readUInt8(at) + 1, at); // its last byte
    await writeFile(path, bytes);
    await refused(ref, 'frames are not at their times');
  });
});
