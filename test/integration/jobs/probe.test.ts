import { afterAll, beforeAll, expect, test } from 'vitest';
import { probe } from '../../../src/jobs/probe.job.ts';
import type { Probe } from '../../../src/plan/probe.ts';
import type { SourceIndex } from '../../../src/plan/source-index.ts';
import { type ClipOptions, clip, clips, makeClip, oldTools } from '../../support/clips.ts';
import { createTestContext, type TestContext } from '../../support/job-context.ts';

let withSystem: TestContext;
let withOldBuild: TestContext;

beforeAll(async () => {
  withSystem = await createTestContext();
  withOldBuild = await createTestContext({ tools: await oldTools() });
});
afterAll(() => Promise.all([withSystem.close(), withOldBuild.close()]));

interface Found {
  found: Probe;
  index: SourceIndex;
  /** Presented times, seconds from the first one. */
  times: number[];
}

async function probed(path: string, test: TestContext = withSystem): Promise<Found> {
  const payload = await test.addVideo(path);
  await probe.run(await test.context(payload));
  const found = test.probe(payload.runId);
  if (!found) throw new Error('nothing was committed');
  const index = await test.index(payload.runId);
  const seconds = (ticks: number) => (ticks * index.timeBase.numerator) / index.timeBase.denominator;
  return { found, index, times: Array.from(index.presented, (pts) => seconds(pts - (index.presented[0] ?? 0))) };
}

const evenly = (count: number, rate: number) => Array.from({ length: count }, (_, frame) => frame / rate);

function expectTimes(times: number[], expected: number[], tolerance: number): void {
  expect(times).toHaveLength(expected.length);
  const off = times.map((time, frame) => Math.abs(time - (expected[frame] ?? Number.NaN)));
  expect(Math.max(...off)).toBeLessThanOrEqual(tolerance);
}

const openGop = clips['open-gop'].video;

test.each<{ name: string; make: ClipOptions; frames: number; rate: number; demuxer: string; remuxed?: true }>([
  { name: '23.976 fps', make: clips['fps-23.976'], frames: 815, rate: 24000 / 1001, demuxer: 'mov' },
  { name: '29.97 fps', make: clips['fps-29.97'], frames: 1019, rate: 30000 / 1001, demuxer: 'mov' },
  { name: '59.94 fps', make: clips['fps-59.94'], frames: 2038, rate: 60000 / 1001, demuxer: 'mov' },
  { name: '120 fps', make: clips['fps-120'], frames: 4080, rate: 120, demuxer: 'mov' },
  { name: 'an open GOP', make: clips['open-gop'], frames: 850, rate: 25, demuxer: 'mov' },
  { name: 'MKV from 10 s', make: clips['mkv-at-10s'], frames: 850, rate: 25, demuxer: 'matroska' },
  { name: 'WebM', make: { seconds: 3, container: 'webm' }, frames: 75, rate: 25, demuxer: 'matroska' },
  { name: 'MOV', make: { seconds: 3, container: 'mov' }, frames: 75, rate: 25, demuxer: 'mov' },
  { name: 'AVI', make: { seconds: 3, container: 'avi' }, frames: 75, rate: 25, demuxer: 'avi' },
  { name: 'TS from 1.4 s', make: clips['ts-at-1.4s'], frames: 850, rate: 25, demuxer: 'mov', remuxed: true },
  { name: 'MPEG-PS', make: { seconds: 3, container: 'mpg' }, frames: 75, rate: 25, demuxer: 'mov', remuxed: true },
])('the index of $name holds every frame at its time', async ({ make, frames, rate, demuxer, remuxed = false }) => {
  for (const build of [withSystem, withOldBuild]) {
    const { found, index, times } = await probed(await makeClip(make), build);
    expectTimes(times, evenly(frames, rate), demuxer === 'matroska' ? 0.0011 : 1e-9); // Matroska counts in ms
    expect(index.trustworthy).toBe(true);
    expect(found.source).toMatchObject({ demuxer, remuxed });
    expect(found.durationSeconds).toBeCloseTo(frames / rate, 2);
    expect(found.video?.frameRate).toBeCloseTo(rate, 2);
    expect(found.audio[0]?.channels).toBe(1);
    expect(index.keyframes.pts[0]).toBe(index.presented[0]);
  }
});

test('a variable frame rate is kept to the tick', async () => {
  const { index } = await probed(await clip('vfr'));
  const all = Array.from({ length: 850 }, (_, frame) => frame).filter((frame) => frame % 90 < 40 || frame % 90 > 55);
  const ticks = all.map((frame) => frame * 3_600 + ((frame * 7) % 13) * 180);
  expect(index.presented).toHaveLength(ticks.length);
  const off = Array.from(index.presented, (pts, frame) => Math.abs(pts - (ticks[frame] ?? 0)));
  expect(Math.max(...off)).toBeLessThanOrEqual(1); // the clip's maker counts in floats
});

test('what an edit list cuts away is not presented, and decoding begins before the cut', async () => {
  const { found, index } = await probed(await clip('edit-list'));
  expect(index.presented).toHaveLength(856);
  expect(index.presented[0]).toBe(0);
  expect(index.keyframes.pts[0]).toBeLessThan(0);
  expect(found.durationSeconds).toBeCloseTo(34.24, 2);
});

test('a TS cut in an open GOP begins at its first keyframe', async () => {
  const options: ClipOptions = { seconds: 12, size: '64x36', container: 'ts', video: openGop };
  const { index, times } = await probed(await makeClip({ ...options, copy: { input: ['-ss', '3.1'] } }));
  expect(index.keyframes.pts[0]).toBe(index.presented[0]);
  expectTimes(times, evenly(times.length, 25), 1e-9);
  expect(times.length).toBeGreaterThan(195);
});

test('an AVI that tells no times is decoded, and is one piece', async () => {
  const video = ['-c:v', 'libx264', '-bf', '3', '-g', '25'];
  const { found, index, times } = await probed(await makeClip({ seconds: 4, size: '64x36', container: 'avi', video }));
  expect(index.trustworthy).toBe(false);
  expect(times).toHaveLength(100);
  expect(found.warnings.map((warning) => warning.code)).toEqual(['times_reconstructed']);
});

test('fragments are put into one file with an index', async () => {
  const output = ['-movflags', '+frag_keyframe+empty_moov'];
  const { found, times } = await probed(await makeClip({ seconds: 4, output, video: ['-c:v', 'libx264', '-g', '25'] }));
  expect(found.source.remuxed).toBe(true);
  expectTimes(times, evenly(100, 25), 1e-9);
});

test('a codec that MP4 refuses is remuxed to Matroska', async () => {
  const video = ['-c:v', 'flv1', '-b:v', '300k', '-g', '25'];
  const ogg = await makeClip({ seconds: 4, container: 'flv', video, audio: ['-c:a', 'libmp3lame', '-ar', '44100'] });
  const { found, times } = await probed(ogg);
  expect(found.source).toMatchObject({ demuxer: 'matroska', remuxed: true });
  expectTimes(times, evenly(100, 25), 0.0011);
});

test('a wide pixel and a turned phone are shown as a player shows them', async () => {
  const wide = await probed(await makeClip({ seconds: 1, size: '72x58', filter: 'setsar=16/11' }));
  expect(wide.found.video).toMatchObject({ codedWidth: 72, codedHeight: 58, width: 105, height: 58, rotation: 0 });
  const turned = await probed(await makeClip({ seconds: 1, copy: { output: ['-metadata:s:v:0', 'rotate=90'] } }));
  expect(turned.found.video).toMatchObject({ codedWidth: 320, width: 180, height: 320 });
  expect([90, 270]).toContain(turned.found.video?.rotation); // the sense of the tag is the build's own
});

test('a video without sound has none, and one frame is enough', async () => {
  const { found, index } = await probed(await makeClip({ seconds: 0.04, audio: null }));
  expect(found.audio).toEqual([]);
  expect(index.presented).toHaveLength(1);
  expect(found.durationSeconds).toBeCloseTo(0.04, 3);
  expect(found.video?.frameRate).toBeNull();
});

test('a second delivery of a committed probe changes nothing', async () => {
  const payload = await withSystem.addVideo(await makeClip({ seconds: 1 }));
  await probe.run(await withSystem.context(payload));
  const first = withSystem.probe(payload.runId);
  await probe.run(await withSystem.context(payload));
  expect(withSystem.probe(payload.runId)).toBe(first);
  expect(withSystem.videoState(payload.videoId)).toBe('probing');
});

test('the last picture of a TS stays, though an older build’s remux would cut it away', async () => {
  const path = await makeClip({ seconds: 4, size: '64x36', container: 'ts', audioDelay: -0.5 });
  const { found, times } = await probed(path, withOldBuild);
  expect(found.source).toMatchObject({ demuxer: 'mov', remuxed: true });
  expectTimes(times, evenly(100, 25), 1e-9);
});

test('the last picture stays a whole frame, though sound that begins a little earlier would shorten it', async () => {
  const video = ['-c:v', 'libx264', '-preset', 'ultrafast', '-bf', '0'];
  const { found } = await probed(await makeClip({ name: 'flash', seconds: 5, container: 'flv', size: '64x36', video }));
  expect(found.durationSeconds).toBeCloseTo(5, 3);
});
