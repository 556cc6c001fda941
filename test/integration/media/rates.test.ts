import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type Attributes, parseMaster, parseMedia } from '../../../src/packaging/parse-m3u8.ts';
import type { Policy } from '../../../src/plan/policy.ts';
import { type RateControl, rateBuffer } from '../../../src/plan/rate-control.ts';
import { builds, ffmpeg, makeClip } from '../../support/clips.ts';
import { tinyPolicy } from '../../support/encode-clip.ts';
import { finishClip, outputsOf, readPackaged, testPackager } from '../../support/finish-clip.ts';
import { createTestContext, type TestContext } from '../../support/job-context.ts';
import { type MadeRates, ratesOf } from '../../support/rates.ts';

const seconds = 12;
const size = '192x108';
/** Hard and easy in turns, so that segments end with the buffer empty and full. */
const bursts = () =>
  makeClip({ name: 'rate-bursts', seconds, size, audio: null, filter: "noise=alls=60:allf=t:enable='gt(mod(t,6),4)'" });
const still = () => makeClip({ name: 'rate-still', seconds, size, picture: 'flash', audio: null });
const long = () => makeClip({ name: 'rate-long', seconds: 21, size: '64x36', fps: 10, picture: 'flash', audio: null });

const vbr: RateControl = { mode: 'vbr', bitrateKbps: 200, maxrateKbps: 300, bufsizeKbps: 450 };
const cbr: RateControl = { mode: 'cbr', bitrateKbps: 200, bufsizeKbps: 200 };

const policyOf = (rateControl: RateControl, changes: Partial<Policy> = {}): Policy => ({
  ...{ ...tinyPolicy, preset: 'veryfast', ladder: [{ height: 108, rateControl }], ...changes },
});

/** A clip made by every handler under a rate, and what a player gets of it. */
async function made(context: TestContext, path: string, rateControl: RateControl) {
  const { runId, videoId, plan } = await finishClip(context, path);
  const [rung] = plan.rungs;
  const packaged = await readPackaged(context, runId, `h264/${rung?.name}`);
  const master = (await outputsOf(context, runId).read('manifest.m3u8')).toString();
  return {
    ...{ runId, plan, packaged, master: parseMaster(master).variants[0]?.attributes },
    rates: ratesOf({ ...packaged, seconds: plan.source.durationSeconds }, rateBuffer(rateControl)),
    warnings: context.outputs(videoId)?.warnings,
  };
}

/** What the master playlist says of a rendition is what it has (RFC 8216, 4.3.4.2: the largest segment, and the average). */
function expectTrue(attributes: Attributes | undefined, { averageKbps, segmentKbps }: MadeRates): void {
  const peak = Number(attributes?.BANDWIDTH) / 1_000 / Math.max(...segmentKbps);
  const average = Number(attributes?.['AVERAGE-BANDWIDTH']) / 1_000 / averageKbps;
  // With the headers of its boxes.
  for (const share of [peak, average]) expect(share).toBeGreaterThan(0.99);
  for (const share of [peak, average]) expect(share).toBeLessThan(1.1);
}

/** What the SPS says of a decoder's buffer; and that all of it decodes without a word. */
async function hrdFlags(
  { root }: TestContext,
  { init, media }: { init: Uint8Array; media: Uint8Array },
): Promise<string[]> {
  const [header, whole] = [join(root, 'header.mp4'), join(root, 'whole.mp4')];
  await writeFile(header, init);
  await writeFile(whole, Buffer.concat([init, media]));
  expect(await ffmpeg(['-err_detect', 'explode', '-i', whole, '-f', 'null', '-'])).toBe('');
  const traced = ['-c', 'copy', '-bsf:v', 'trace_headers', '-f', 'null', '-'];
  const log = await ffmpeg(['-v', 'info', '-i', header, ...traced]);
  return [...log.matchAll(/(\w+_hrd_parameters_present_flag) .*= (\d)/g)].map(([, name, value]) => `${name} ${value}`);
}

describe.each(builds)('with $build', ({ tools }) => {
  const open: TestContext[] = [];
  const contextOf = async (rateControl: RateControl) => {
    const context = await createTestContext({
      ...{ policy: policyOf(rateControl), packager: testPackager(), tools: await tools() },
    });
    open.push(context);
    return context;
  };
  afterAll(() => Promise.all(open.map((context) => context.close())));

  test.each([
    ['hard in turns', bursts],
    ['hardly anything', still],
  ])(
    'CBR of %s is one rate, in every segment and over seams, and the buffer neither runs dry nor over',
    async (_, path) => {
      const context = await contextOf(cbr);
      const { rates, plan, warnings, packaged, master } = await made(context, await path(), cbr);
      expect(plan.segments).toHaveLength(3);
      expect(Math.abs(rates.averageKbps - 200)).toBeLessThan(10);
      for (const kbps of rates.segmentKbps) expect(Math.abs(kbps - 200)).toBeLessThan(10);
      // From the level that encoders are told, with nothing that waits at a full buffer; the last frame's own time is beyond.
      expect(rates.lowest).toBeGreaterThanOrEqual(0);
      expect(rates.highest).toBeLessThanOrEqual(1.01);
      expect(warnings).toEqual([]);
      // The levels of seams are not told where they cannot be known.
      expect(await hrdFlags(context, packaged)).toEqual([
        'nal_hrd_parameters_present_flag 0',
        'vcl_hrd_parameters_present_flag 0',
      ]);
      expectTrue(master, rates);
    },
  );

  test('VBR comes near its average, and its peak stays below the maxrate', async () => {
    const { rates, warnings, master } = await made(await contextOf(vbr), await bursts(), vbr);
    expect(Math.abs(rates.averageKbps / 200 - 1)).toBeLessThan(0.2);
    expect(Math.max(...rates.segmentKbps)).toBeGreaterThan(1.1 * Math.min(...rates.segmentKbps));
    expect(rates.lowest).toBeGreaterThanOrEqual(0);
    expect(warnings).toEqual([]);
    expectTrue(master, rates);
  });
});

test.each([2, 4, 6, 10])(
  'a video whose own policy asks for segments of %i s has such, whatever the machine has for all',
  async (length) => {
    const context = await createTestContext({
      policy: { ...tinyPolicy, preset: 'ultrafast' },
      packager: testPackager(),
    });
    try {
      const { jobCpuSeconds, jobMemoryBytes, audioOnly, onDamage, ...tiny } = tinyPolicy;
      const own = { ...tiny, preset: 'ultrafast' as const, mediaSegmentSeconds: length };
      const { runId, plan } = await finishClip(
        context,
        await long(),
        await context.addVideo(await long(), 'long.mp4', own),
      );
      expect(plan.mediaSegmentSeconds).toBe(length);
      const { read } = outputsOf(context, runId);
      const playlist = parseMedia((await read('h264/36p/playlist.m3u8')).toString());
      const whole = Math.floor(21 / length);
      expect(playlist.segments.map((segment) => segment.seconds)).toEqual([
        ...Array(whole).fill(length),
        21 - whole * length,
      ]);
      expect(playlist.targetSeconds).toBe(length);
      const { timescale } = await readPackaged(context, runId, 'h264/36p');
      expect((await read('manifest.mpd')).toString()).toContain(`d="${length * timescale}"`);
    } finally {
      await context.close();
    }
  },
);
