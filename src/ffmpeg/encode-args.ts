import type { EncodePlan, EncoderName, Rung, Segment } from '../plan/encode-plan.ts';
import type { Picture } from '../plan/picture.ts';
import { decimalSeconds } from '../plan/ticks.ts';
import type { Encoder } from './encoders/encoder.ts';
import { encoders } from './encoders/encoders.ts';
import { inputArgs } from './input-args.ts';
import type { FfmpegTools } from './run-ffmpeg.ts';

/** One segment in one codec into one group of rungs, from one decode. */
export interface EncodeWork {
  /** Local file. */
  sourcePath: string;
  source: Pick<EncodePlan['source'], 'demuxer' | 'streamIndex' | 'timeBase' | 'start'>;
  picture: Picture;
  segment: Segment;
  rungs: readonly Rung[];
  /** Local file of a rung's fragmented MP4. */
  outputPath: (rung: Rung) => string;
}

/**
 * The ffmpeg arguments of one encode task. Every frame comes out at `pts - source start`, to the tick of the source's
 * own time base, and the same arguments give the same bytes. `table` has the encoders (a test's may be lossless). Pure.
 */
export function encodeArgs(
  work: EncodeWork,
  tools: Pick<FfmpegTools, 'fpsModeOption'>,
  table: Readonly<Record<EncoderName, Encoder>> = encoders,
): string[] {
  return [
    // One thread everywhere: the fleet is parallel by jobs, and slices or frames in parallel change the bytes.
    ...['-filter_complex_threads', '1'],
    ...decodeArgs(work),
    ...['-filter_complex', filterGraph(work)],
    ...work.rungs.flatMap((rung) => outputArgs(rung, work, tools, table[rung.encoder])),
  ];
}

function decodeArgs({ sourcePath, source, segment }: EncodeWork): string[] {
  const seek = segment.seek === null ? null : decimalSeconds(segment.seek, source.timeBase, 'up');
  return [
    '-copyts', // the source's own times, or `trim` below would mean something else after every seek
    '-noaccurate_seek', // with -copyts ffmpeg would trim at seek + container start: 0 of 600 frames of an MKV that starts at 10 s
    // Absolute: -ss counts from the container's start_time otherwise. Rounded up to a microsecond, never before the keyframe.
    ...(seek === null ? [] : ['-seek_timestamp', '1', '-ss', seek]),
    ...['-threads', '1'],
    ...inputArgs({ path: sourcePath, demuxer: source.demuxer }),
  ];
}

/** Decode once, cut in the source's ticks, move the source's start to 0, and scale for each rung. */
function filterGraph({ source, segment, rungs }: EncodeWork): string {
  const end = segment.end === null ? '' : `:end_pts=${segment.end}`;
  const cut = `[0:${source.streamIndex}]trim=start_pts=${segment.start}${end},setpts=PTS-(${source.start})`;
  const split = `split=${rungs.length}${rungs.map((_, position) => `[in${position}]`).join('')}`;
  const scaled = rungs.map((rung, position) => `[in${position}]${scaling(rung)}[out${position}]`);
  return [`${cut},${split}`, ...scaled].join(';');
}

const scaling = (rung: Rung): string =>
  [
    // accurate_rnd and bitexact: the same pixels on every CPU, whatever instructions it has.
    `scale=${rung.width}:${rung.height}:flags=bicubic+accurate_rnd+bitexact`,
    // Square pixels, or a player stretches by what the rounding of the sides left over.
    'setsar=1',
    // Whatever came in (4:4:4, 10 bit): what every decoder of High profile plays.
    'format=yuv420p',
  ].join();

function outputArgs(
  rung: Rung,
  work: EncodeWork,
  tools: Pick<FfmpegTools, 'fpsModeOption'>,
  encoder: Encoder,
): string[] {
  const { source, segment, rungs } = work;
  const { numerator, denominator } = source.timeBase;
  const keyframes = segment.keyframes.map((pts) => decimalSeconds(pts - source.start, source.timeBase, 'down'));
  return [
    ...['-map', `[out${rungs.indexOf(rung)}]`, '-threads', '1'],
    ...encoder.args(rung),
    // A list: the expression's `t` counts from the first frame in new builds and absolutely in old ones. Rounded down,
    // so that the frame of that time is the first one that is not before it.
    ...['-force_key_frames', keyframes.join()],
    ...['-enc_time_base', `${numerator}:${denominator}`], // else the encoder counts in frames, and VFR is rounded to them
    ...[tools.fpsModeOption, 'passthrough'], // else frames are dropped and doubled to a constant rate
    // The container counts in whole parts of a second: a numerator other than 1 (AVI) is multiplied into its times.
    ...['-video_track_timescale', String(denominator)],
    // CMAF: a fragment a GOP, times absolute in tfdt, picture times without an edit list.
    ...['-movflags', '+frag_keyframe+empty_moov+default_base_moof+negative_cts_offsets+frag_discont'],
    ...['-avoid_negative_ts', 'disabled'], // else times are moved to where this segment starts
    ...['-map_metadata', '-1', '-map_chapters', '-1', '-bitexact'], // nothing of the source's words, nothing of the build's name
    ...['-f', 'mp4', work.outputPath(rung)],
  ];
}
