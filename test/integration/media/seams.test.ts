import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FfmpegTools } from '../../../src/ffmpeg/run-ffmpeg.ts';
import type { BasePayload } from '../../../src/jobs/define-job.ts';
import { finalize } from '../../../src/jobs/finalize.job.ts';
import { packageVideo } from '../../../src/jobs/package.job.ts';
import type { Artefact } from '../../../src/jobs/services.ts';
import { thumbnails } from '../../../src/jobs/thumbnails.job.ts';
import { boxesIn } from '../../../src/packaging/boxes.ts';
import type { Frame } from '../../../src/packaging/cmaf.ts';
import { type EncodePlan, renditionName } from '../../../src/plan/encode-plan.ts';
import type { Policy } from '../../../src/plan/policy.ts';
import { cappedCrf, rateBuffer } from '../../../src/plan/rate-control.ts';
import { drainBuffer, levelAtStart } from '../../../src/quality/leaky-bucket.ts';
import { builds, makeClip } from '../../support/clips.ts';
import { encodeClip, readRendition, tinyPolicy } from '../../support/encode-clip.ts';
import { outputsOf, readPackaged, testPackager } from '../../support/finish-clip.ts';
import { createTestContext, type TestContext } from '../../support/job-context.ts';
import { sourceTimes } from '../../support/source-times.ts';

/** Noise from before each join of 4 s to behind it: the end of one segment and the start of the next both want the buffer. */
const bursts = () =>
  makeClip({
    name: 'bursts',
    seconds: 12,
    size: '128x72',
    filter: "noise=alls=80:allf=t:enable='gt(mod(t,4),2.8)+lt(mod(t,4),0.6)'",
    video: ['-c:v', 'libx264', '-preset', 'ultrafast', '-qp', '10'],
    audio: null,
  });

const policy: Policy = {
  ...tinyPolicy,
  preset: 'superfast',
  ladder: [
    { height: 36, rateControl: cappedCrf(30, 400, 800) },
    { height: 72, rateControl: cappedCrf(23, 200, 150) },
  ],
};

const withPolicy = ({ tools, ...changes }: Partial<Policy> & { tools?: FfmpegTools } = {}) =>
  createTestContext({ policy: { ...policy, ...changes }, packager: testPackager(), ...(tools && { tools }) });

/** Everything behind the encodes; ends with a video that is ready. */
async function finish(context: TestContext, ref: BasePayload) {
  for (const step of [thumbnails, packageVideo, finalize]) await step.run(await context.context(ref));
}

/** What a player lacks, by the buffer of the rendition's rung. */
function underflowOf(plan: EncodePlan, rendition: string, made: { timescale: number; frames: Frame[] }) {
  const rung = plan.rungs.find((item) => renditionName(item) === rendition);
  if (!rung) throw new Error(`there is no ${rendition}`);
  const frames = [...made.frames].sort((a, b) => a.dts - b.dts);
  const buffer = { ...rateBuffer(rung.rateControl), timescale: made.timescale };
  return drainBuffer(buffer, levelAtStart(buffer), frames).underflow;
}

/** The coded pictures alone, one buffer a fragment joined: packaging writes headers of its own. */
const pictures = (media: Uint8Array) =>
  Buffer.concat(
    [...boxesIn(media)].filter(({ type }) => type === 'mdat').map((box) => box.bytes.subarray(box.body, box.end)),
  );

describe.each(builds)('a stream whose joined segments would underflow, with $build', ({ tools }) => {
  let context: TestContext;
  let made: Awaited<ReturnType<typeof encodeClip>>;
  let before: Awaited<ReturnType<typeof readRendition>>;
  const stored = async (row: Artefact) => readFile(context.services.storage.localPath(row.key) ?? '');
  const repaired = (runId: string) =>
    context.artefacts(runId).filter(({ kind, facts }) => kind === 'segment' && facts.bufferAtStart !== undefined);

  beforeAll(async () => {
    context = await withPolicy({ tools: await tools() });
    made = await encodeClip(context, await bursts());
    before = await readRendition(context, made.runId, 'h264/72p');
    await finish(context, made);
  });
  afterAll(() => context.close());

  test('has none once it is packed, and every frame is at its time', async () => {
    const { plan, videoId, runId } = made;
    expect(underflowOf(plan, 'h264/72p', before)).not.toBeNull();
    const { timescale, frames } = await readPackaged(context, runId, 'h264/72p');
    expect(underflowOf(plan, 'h264/72p', { timescale, frames })).toBeNull();
    const source = await sourceTimes(await bursts());
    expect(frames.map(({ pts }) => pts)).toEqual(source.pts.map((pts) => pts - (source.pts[0] ?? 0)));
    expect(context.outputs(videoId)?.warnings).toEqual([]);
  });

  test('has the segments to blame made again, with the same init, and all others as they were', async () => {
    const rows = repaired(made.runId);
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.map(({ rendition }) => rendition)).toEqual(rows.map(() => 'h264/72p'));
    const { init, segments } = await readPackaged(context, made.runId, 'h264/72p');
    expect(segments).toHaveLength(3);
    for (const [index, segment] of segments.entries()) {
      const first = before.segments.find(({ segmentIndex }) => segmentIndex === index);
      const again = rows.find(({ segmentIndex }) => segmentIndex === index);
      if (!first) throw new Error(`there is no segment ${index}`);
      expect(pictures(segment).equals(pictures(await stored(again ?? first)))).toBe(true);
      if (!again) continue;
      expect(again.facts).toMatchObject({ initSha256: first.facts.initSha256, frames: 100 });
      expect(again.size).toBeLessThan(first.size);
    }
    expect(init.length).toBeGreaterThan(0);
  });

  test('comes out as the same bytes in another run', async () => {
    const hashes = (runId: string) =>
      [...outputsOf(context, runId).byPath].map(([path, { sha256 }]) => `${path} ${sha256}`).sort();
    const again = await encodeClip(context, await bursts());
    await finish(context, again);
    expect(repaired(again.runId).map(({ sha256 }) => sha256)).toEqual(repaired(made.runId).map(({ sha256 }) => sha256));
    expect(hashes(again.runId)).toEqual(hashes(made.runId));
  });
});

test('content that fits no buffer is ready all the same, and the report says so', async () => {
  const context = await withPolicy({ ladder: [{ height: 72, rateControl: cappedCrf(23, 60, 10) }] });
  try {
    const { videoId, runId } = await encodeClip(context, await bursts());
    await finish(context, { videoId, runId });
    expect(context.videoState(videoId)).toBe('ready');
    expect(context.outputs(videoId)?.warnings).toEqual([
      { code: 'rate_exceeded', detail: expect.stringMatching(/h264\/72p: \d+ frames, the first at \d+\.\d s/) },
    ]);
  } finally {
    await context.close();
  }
});
