import { afterAll, beforeAll, expect, test } from 'vitest';
import { standardPolicy } from '../../../src/plan/policy.ts';
import { expectExact, numbersFrom } from '../../support/exact.ts';
import { createTestContext, type TestContext } from '../../support/job-context.ts';
import { type SourceCase, testSources } from '../../support/source-cases.ts';
import { aac, h264, makeSource } from '../../support/sources.ts';

let context: TestContext;
beforeAll(async () => {
  context = await createTestContext();
});
afterAll(() => context.close());

const frames = 110;
const drawn = (graph: string) => ['-f', 'lavfi', '-i', graph];
const cover = drawn('color=red:size=320x320:rate=1:duration=1');

const cases: SourceCase[] = [
  {
    ...{ property: 'cover art in MP4, larger than the picture', extension: 'mp4', frames, audio: aac },
    passes: [
      {
        input: cover,
        output: ['-map', '1', '-c:v:0', 'mjpeg', '-disposition:v:0', 'attached_pic'],
      },
    ],
  },
  {
    ...{ property: 'cover art in MKV as a track of one picture', extension: 'mkv', frames },
    passes: [{ input: cover, output: ['-map', '1', '-c:v:0', 'mjpeg'] }],
    stream: 'v:1',
  },
  {
    ...{ property: 'several video streams, the largest one last', extension: 'mkv', frames, stream: 'v:1' },
    ...{ warnings: ['stream_chosen'] },
    passes: [
      {
        input: drawn('testsrc2=size=32x18:rate=25:duration=4.4'),
        output: ['-map', '1', '-c:v:0', 'libx264', '-disposition:v', '0'],
      },
    ],
  },
  {
    ...{ property: 'several video streams, a smaller one the default', extension: 'mp4', frames, stream: 'v:1' },
    ...{ warnings: ['stream_chosen'] },
    passes: [
      {
        input: drawn('testsrc2=size=128x72:rate=25:duration=4.4'),
        output: ['-map', '1', '-c:v:0', 'libx264', '-disposition:v:0', '0', '-disposition:v:1', 'default'],
      },
    ],
  },
];

testSources(() => context, cases);

test.each([
  ['odd width and height', '65x37'],
  ['odd height', '64x35'],
  ['very small', '16x16'],
] as const)('%s', async (_, size) => {
  const video = ['-c:v', 'ffv1', '-g', '25'];
  const path = await makeSource({ extension: 'mkv', frames, size, video, pixelFormat: 'yuv444p' });
  const { plan } = await expectExact(context, path, { shown: numbersFrom(0, frames), converted: true });
  const [rung] = plan.rungs;
  expect([(rung?.width ?? 1) % 2, (rung?.height ?? 1) % 2]).toEqual([0, 0]);
});

test.each([
  ['MPEG-TS with a lost packet', 120, 1],
  ['MPEG-TS with lost packets, frames among them', 120, 20],
])('%s', async (_, at, packets) => {
  const damage = { at: at * 188, bytes: packets * 188 };
  const path = await makeSource({ extension: 'ts', frames: 300, video: h264(25), audio: aac, remove: damage });
  const publishing = await createTestContext({ policy: { ...standardPolicy, onDamage: 'publish' } });
  try {
    const { probe } = await expectExact(publishing, path);
    expect(probe.source.remuxed).toBe(true);
  } finally {
    await publishing.close();
  }
});
