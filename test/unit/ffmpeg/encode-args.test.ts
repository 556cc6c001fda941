import { describe, expect, test } from 'vitest';
import { type EncodeWork, encodeArgs } from '../../../src/ffmpeg/encode-args.ts';
import { planEncode } from '../../../src/plan/plan-encode.ts';
import { standardPolicy } from '../../../src/plan/policy.ts';
import type { RateControl } from '../../../src/plan/rate-control.ts';
import { constantIndex, probeOf } from '../../support/plan-inputs.ts';

const tools = { fpsModeOption: '-fps_mode' } as const;

/** The second segment of a 12 s clip in MPEG-TS ticks that starts at 10 s, with a keyframe each 5 s. */
function work(changes: Partial<EncodeWork> = {}): EncodeWork {
  const timeBase = { numerator: 1, denominator: 90_000 };
  const index = constantIndex({ timeBase, ticksPerFrame: 3_600, frames: 300, start: 900_000, keyframeEvery: 75 });
  const plan = planEncode(probeOf({ video: { streamIndex: 2, frameRate: 25 } }), index, standardPolicy);
  const [, segment] = plan.segments;
  if (!segment || !plan.picture) throw new Error('the clip has three segments');
  const rungs = plan.rungs.filter((rung) => ['240p', '720p'].includes(rung.name));
  const outputPath = ({ name }: { name: string }) => `/job/${name}.mp4`;
  return {
    sourcePath: '/source.mkv',
    source: { ...plan.source, demuxer: 'matroska' },
    picture: plan.picture,
    segment,
    rungs,
    outputPath,
    ...changes,
  };
}

/** The value behind an option; the first one, unless asked for another. */
const optionOf = (args: string[], option: string, from = 0) => args[args.indexOf(option, from) + 1];

test('a segment is decoded from the keyframe before it, cut in ticks, and moved to the output’s clock', () => {
  const args = encodeArgs(work(), tools);
  const input = args.slice(0, args.indexOf('-i'));
  expect(input).toEqual(
    expect.arrayContaining(['-copyts', '-noaccurate_seek', '-seek_timestamp', '-format_whitelist']),
  );
  // The keyframe of 13 s, by its dts: two frames earlier.
  expect(optionOf(input, '-ss')).toBe('12.920000');
  expect(optionOf(input, '-f')).toBe('matroska');
  expect(optionOf(args, '-i')).toBe('file:/source.mkv');
  const colours = 'in_color_matrix=bt709:in_range=tv:out_color_matrix=bt709:out_range=tv';
  const told = 'setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709';
  const made = (size: string) =>
    `scale=${size}:flags=bicubic+accurate_rnd+bitexact:${colours},format=yuv420p,setsar=1,${told}`;
  expect(optionOf(args, '-filter_complex')).toBe(
    `[0:2]trim=start_pts=1260000:end_pts=1620000,select='isnan(prev_selected_pts)+gt(pts,prev_selected_pts)',` +
      'setpts=PTS-(900000),split=2[in0][in1];' +
      `[in0]${made('426:240')}[out0];[in1]${made('1280:720')}[out1]`,
  );
  expect(input).toContain('-noautorotate');
});

test('each rung is a fragmented MP4 in the source’s own ticks, with its keyframes by name', () => {
  const args = encodeArgs(work(), tools);
  const [, second] = args.join(' ').split('/job/240p.mp4 ');
  expect(second?.split(' ')).toEqual([
    ...['-map', '[out1]', '-threads', '1'],
    ...['-c:v', 'libx264', '-preset', 'medium', '-profile:v', 'high', '-level', '4.0'],
    ...['-crf', '23', '-maxrate', '3000k', '-bufsize', '6000k', '-sc_threshold', '0', '-g', '100000'],
    ...['-flags', '+cgop', '-x264-params', 'vbv-init=0.5:chromaloc=0'],
    ...['-color_range', 'tv', '-colorspace', 'bt709', '-color_primaries', 'bt709', '-color_trc', 'bt709'],
    ...['-force_key_frames', '4.000000,6.000000', '-enc_time_base', '1:90000', '-fps_mode', 'passthrough'],
    ...['-video_track_timescale', '90000'],
    ...['-movflags', '+frag_keyframe+empty_moov+default_base_moof+negative_cts_offsets+frag_discont+write_colr'],
    ...['-avoid_negative_ts', 'disabled', '-map_metadata', '-1', '-map_chapters', '-1', '-bitexact'],
    ...['-f', 'mp4', '/job/720p.mp4'],
  ]);
});

test('one thread for the decoder, each encoder and the filters', () => {
  const args = encodeArgs(work(), tools);
  expect(args.filter((arg, at) => arg === '-threads' && args[at + 1] === '1').length).toBe(3);
  expect(optionOf(args, '-filter_complex_threads')).toBe('1');
});

describe('what differs', () => {
  test('without a place to seek to, decoding starts at the beginning of the file', () => {
    const { segment } = work();
    const args = encodeArgs(work({ segment: { ...segment, seek: null } }), tools);
    expect(args).not.toContain('-ss');
    expect(args).not.toContain('-seek_timestamp');
  });

  test('the last segment has no end', () => {
    const { segment } = work();
    const args = encodeArgs(work({ segment: { ...segment, end: null } }), tools);
    expect(optionOf(args, '-filter_complex')).toContain('trim=start_pts=1260000,select');
  });

  test('a start below zero is subtracted, too', () => {
    const args = encodeArgs(work({ source: { ...work().source, start: -3_003 } }), tools);
    expect(optionOf(args, '-filter_complex')).toContain('setpts=PTS-(-3003),');
  });

  test('a time base with a numerator counts in whole parts of a second in the container', () => {
    const timeBase = { numerator: 1_001, denominator: 30_000 };
    const args = encodeArgs(work({ source: { ...work().source, timeBase } }), tools);
    expect(optionOf(args, '-enc_time_base')).toBe('1001:30000');
    expect(optionOf(args, '-video_track_timescale')).toBe('30000');
  });

  test('an older ffmpeg is told by -vsync', () => {
    const args = encodeArgs(work(), { fpsModeOption: '-vsync' });
    expect(optionOf(args, '-vsync')).toBe('passthrough');
    expect(args).not.toContain('-fps_mode');
  });

  test.each([
    [
      { mode: 'vbr', bitrateKbps: 200, maxrateKbps: 300, bufsizeKbps: 450 },
      '-b:v 200k -maxrate 300k -bufsize 450k',
      ':ratetol=0.1',
    ],
    [{ mode: 'cbr', bitrateKbps: 200, bufsizeKbps: 100 }, '-b:v 200k -maxrate 200k -bufsize 100k', ':filler=1'],
  ] satisfies [RateControl, string, string][])('%s', (rateControl, rates, params) => {
    const rungs = work()
      .rungs.slice(0, 1)
      .map((rung) => ({ ...rung, rateControl, frameRate: 30_000 / 1_001 }));
    const args = encodeArgs(work({ rungs }), tools);
    expect(args.join(' ')).toContain(` ${rates} -sc_threshold 0 `);
    expect(args).not.toContain('-crf');
    expect(optionOf(args, '-x264-params')).toBe(`vbv-init=0.5:chromaloc=0${params}:fps=29.970`);
  });
});
