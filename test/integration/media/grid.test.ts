import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { framesOf, readTrack } from '../../../src/packaging/cmaf.ts';
import { parseMedia } from '../../../src/packaging/parse-m3u8.ts';
import { parseMpd } from '../../../src/packaging/parse-mpd.ts';
import { makeClip } from '../../support/clips.ts';
import { renditionsOf, tinyPolicy } from '../../support/encode-clip.ts';
import { finishClip, outputsOf, readPackaged, testPackager } from '../../support/finish-clip.ts';
import { createTestContext, type TestContext } from '../../support/job-context.ts';
import { sourceTimes } from '../../support/source-times.ts';

/** 63 s, so that segments are two media segments each; the last one is cut short. */
const long = () => makeClip({ name: 'long', seconds: 63, fps: '30000/1001', size: '64x36' });
/** Frames off every grid, with a hole of 5 s in which media segments have no frame. */
const holes = () =>
  makeClip({
    name: 'holes',
    seconds: 27,
    fps: 25,
    size: '64x36',
    filter: "settb=1/90000,setpts='(N/25+mod(N*7,13)*0.002)/TB',select='not(between(n,210,335))'",
    output: ['-video_track_timescale', '90000'],
  });

describe.each([
  { mediaSegmentSeconds: 2, gopSeconds: 2 },
  { mediaSegmentSeconds: 10, gopSeconds: 2 },
])('media segments of $mediaSegmentSeconds s with a keyframe every $gopSeconds s', (grid) => {
  let context: TestContext;
  beforeAll(async () => {
    context = await createTestContext({ policy: { ...tinyPolicy, ...grid }, packager: testPackager() });
  });
  afterAll(() => context.close());

  test.each([
    ['a constant rate', long],
    ['a variable rate with a hole', holes],
  ])('%s: every frame at its time, and playlists that say where', async (_, clip) => {
    const path = await clip();
    const { plan, runId, videoId } = await finishClip(context, path);
    expect(context.videoState(videoId)).toBe('ready');
    const source = await sourceTimes(path);
    const { read } = outputsOf(context, runId);
    const mpd = parseMpd((await read('manifest.mpd')).toString());

    for (const rendition of renditionsOf(plan)) {
      const { timescale, frames, track, init, segments } = await readPackaged(context, runId, rendition);
      expect(track.timescale).toBe(timescale);
      const expected = source.pts.map((pts) => (pts - (source.pts[0] ?? 0)) * source.timeBase.numerator);
      expect(frames.map(({ pts }) => pts)).toEqual(expected);

      const starts = segments.map((segment) => Math.min(...framesOf(readTrack(init), segment).map(({ pts }) => pts)));
      const intervals = starts.map((pts) => Math.floor(pts / timescale / grid.mediaSegmentSeconds));
      expect(intervals).toEqual([
        ...new Set(expected.map((pts) => Math.floor(pts / timescale / grid.mediaSegmentSeconds))),
      ]);
      const playlist = parseMedia((await read(`${rendition}/playlist.m3u8`)).toString());
      const dash = mpd.representations.find(({ init: name }) => name.startsWith(rendition));
      for (const { segments: said } of [playlist, dash ?? { segments: [] }]) {
        expect(said).toHaveLength(segments.length);
        // Where each begins is the sum of those before it: to a tenth, as long as a clip is.
        let at = 0;
        for (const [position, { seconds }] of said.entries()) {
          expect(Math.abs(at - (starts[position] ?? 0) / timescale)).toBeLessThan(0.1);
          at += seconds;
        }
        expect(Math.abs(at - plan.source.durationSeconds)).toBeLessThan(0.1);
      }
    }
  });
});
