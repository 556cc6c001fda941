import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { standardPolicy } from '../../../src/plan/policy.ts';
import { builds } from '../../support/clips.ts';
import { encodeLossless, type MadeVideo, onOneClock } from '../../support/exact.ts';
import { inOrder } from '../../support/in-order.ts';
import { createTestContext, type TestContext } from '../../support/job-context.ts';
import { type SeenPictures, seePictures } from '../../support/read-pictures.ts';
import { aac, h264, h264OpenGop, hevcOpenGop, makeSource, mpeg2, type SourceRecipe } from '../../support/sources.ts';

const frames = 300;
const ts = { extension: 'ts', frames };
const lose = (at: number, packets: number) => ({ remove: { at: at * 188, bytes: packets * 188 } });
const front = ['-movflags', '+faststart'];

interface Lossy extends SourceRecipe {
  property: string;
  /** That are left. */
  shown: number;
  segments?: number;
  /** Words of the report. */
  lost: string;
}

/** What a plain decode shows is known here, so that a source which is whole after all is found out. */
const both: Lossy[] = [
  {
    ...{ property: 'MPEG-TS with lost packets, a keyframe among them', ...ts, audio: aac },
    ...{
      ...lose(200, 60),
      shown: 276,
      lost: '24 of 300 frames (8.0 %) cannot be decoded: between 2.8 and 3.8 s.',
    },
    video: ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '25', '-bf', '2'],
  },
  {
    ...{
      property: 'MPEG-TS with lost packets, open GOPs',
      ...ts,
      video: h264OpenGop(25),
      audio: aac,
      ...lose(200, 60),
    },
    ...{ shown: 268, lost: '32 of 300 frames' },
  },
  {
    ...{ property: 'MPEG-TS with lost packets, HEVC', ...ts, video: hevcOpenGop(48), ...lose(150, 50) },
    ...{ shown: 276, lost: '24 of 300 frames' },
  },
  {
    ...{ property: 'MPEG-TS with lost packets of the sound', ...ts, video: h264(50), audio: aac, ...lose(333, 30) },
    ...{ shown: 290, lost: '10 of 300 frames' },
  },
  {
    ...{ property: 'MPEG-TS with lost packets every few seconds', ...ts, frames: 500, video: h264(25), audio: aac },
    ...{ shown: 374, segments: 5, lost: '27 of 401 frames' },
    damage: (file) =>
      Buffer.concat([0, 1, 2, 3, 4, 5, 6, 7].map((n) => file.subarray(n * 28_200, n * 28_200 + (150 - 4 * n) * 188))),
  },
];

const once: Lossy[] = [
  {
    ...{ property: 'MPEG-TS with lost packets that no counter tells of', ...ts, video: hevcOpenGop(48) },
    ...{ ...lose(200, 20), shown: 291, lost: '9 of 300 frames' },
  },
  {
    ...{ property: 'program stream with a hole', extension: 'mpg', frames, video: mpeg2(15), shown: 277 },
    ...{ lost: '23 of 300 frames' },
    damage: (file) => file.fill(0, file.length >> 1, (file.length >> 1) + 3_000),
  },
  {
    ...{ property: 'MKV with a hole', extension: 'mkv', frames, video: h264(25), shown: 226, lost: '74 of 300 frames' },
    damage: (file) => file.fill(0, file.length >> 1, (file.length >> 1) + 3_000),
  },
];

describe.each(builds.map((build, nth) => ({ ...build, cases: nth === 0 ? [...both, ...once] : both })))(
  'with $build',
  ({ tools, cases }) => {
    let context: TestContext;
    beforeAll(async () => {
      context = await createTestContext({ tools: await tools(), policy: { ...standardPolicy, onDamage: 'publish' } });
    });
    afterAll(() => context.close());

    test.each(cases)('$property', async ({ property, shown, lost, segments = 3, ...recipe }) => {
      const path = await makeSource(recipe);
      const source = inOrder(await seePictures(path));
      expect(source.pts).toHaveLength(shown);

      const made = await encodeLossless(context, path);
      expectSame(made, await seePictures(made.path), source);
      expect(made.plan.segments).toHaveLength(segments);
      expect(made.plan.segments.filter(({ seek }) => seek !== null).length).toBe(segments - 1);
      const told = made.probe.warnings.find(({ code }) => code === 'frames_lost');
      expect(told?.detail).toContain(lost);
    });

    test.each([
      ['AAC', aac],
      ['AC-3', ['-c:a', 'ac3', '-b:a', '192k']],
    ])('MPEG-TS with lost packets of %s, none of the picture: it is whole, and the sound is made', async (_, audio) => {
      const damage = (file: Buffer) => {
        const soundPid = 0x101;
        const packets = Array.from({ length: file.length / 188 }, (__, at) => file.subarray(at * 188, (at + 1) * 188));
        const isLost = (packet: Buffer, at: number) =>
          at > 50 && at % 7 === 0 && packet.readUInt16BE(1) % 0x2000 === soundPid;
        return Buffer.concat(packets.filter((packet, at) => !isLost(packet, at)));
      };
      const path = await makeSource({ ...ts, video: h264(50), audio, damage });
      const { probe } = await encodeLossless(context, path);
      expect(probe.audio).toHaveLength(1);
      expect(probe.warnings.map(({ code }) => code)).not.toContain('frames_lost');
    });

    test('zeros in the middle of an MP4, of which no demuxer knows: the frames that can be shown, by a second run', async () => {
      const recipe = { extension: 'mp4', frames, video: h264(25), output: front };
      const damage = (file: Buffer) => file.fill(0, file.length >> 1, (file.length >> 1) + 3_000);
      const path = await makeSource({ ...recipe, damage });
      const ref = await context.addVideo(path);
      const made = await encodeLossless(context, path, { begun: ref });
      expect(made.runId).toBe(context.nextRun(ref.runId));
      const source = inOrder(await seePictures(path));
      expect(source.pts).toHaveLength(226);
      expectSame(made, await seePictures(made.path), source);
      const detail = '74 of 300 frames (24.7 %) cannot be decoded: between 4.5 and 7.5 s.';
      expect(made.probe.warnings).toEqual([{ code: 'frames_lost', detail }]);
    });

    test('zeros from one segment to another: what lies between is not there, and the rest is', async () => {
      const recipe = { extension: 'mp4', frames, video: h264(25), output: front };
      const damage = (file: Buffer) => file.fill(0, Math.floor(file.length * 0.463), Math.floor(file.length * 0.8));
      const path = await makeSource({ ...recipe, damage });
      const made = await encodeLossless(context, path);
      const [seen, source] = [await seePictures(made.path), inOrder(await seePictures(path))];
      // Pictures at the edge of the hole are damaged, and several threads make something else of them.
      expect(seen.numbers).toEqual(source.numbers);
      const times = onOneClock(made, source);
      expect(times.made).toEqual(times.source);
      expect(made.plan.segments.map((segment) => segment.index)).toEqual([0, 1]);
    });
  },
);

describe('more is lost than is left', () => {
  let context: TestContext;
  beforeAll(async () => {
    context = await createTestContext();
  });
  afterAll(() => context.close());

  test.each([
    ['in the middle', 'flv', /^\d+ of 300 frames \(67\.0 %\) cannot be decoded: between \d\.\d and \d+\.\d s/],
    ['to the end', 'mkv', /^Nothing can be read behind \d\.\d s: \d\.\d of 12\.0 s are present\.$/],
  ] as const)('%s', async (_, extension, detail) => {
    const damage = (file: Buffer) => file.fill(0, Math.floor(file.length * 0.2), Math.floor(file.length * 0.85));
    const path = await makeSource({ extension, frames, video: h264(25), damage });
    await expect(encodeLossless(context, path)).rejects.toMatchObject({
      code: 'INPUT_DAMAGED',
      detail: expect.stringMatching(detail),
    });
  });
});

/** The remux of a program stream gives one frame at the edge of a hole another time: a frame or two of each may differ. */
function expectSame(made: MadeVideo, seen: SeenPictures, source: SeenPictures): void {
  expect(seen.numbers).toEqual(source.numbers);
  // Several threads, as in the decode that this is held against, make something else of a damaged keyframe.
  if (!made.probe.format.includes('matroska')) expect(seen.sums).toEqual(source.sums);
  const times = onOneClock(made, source);
  if (made.probe.format === 'mpeg') {
    expect(times.made.filter((time) => !times.source.includes(time)).length).toBeLessThanOrEqual(1);
  } else expect(times.made).toEqual(times.source);
}
