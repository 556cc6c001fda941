import type { EncodePlan, EncoderName, Rung, Segment } from '../plan/encode-plan.ts';
import type { Picture } from '../plan/picture.ts';
import { decimalSeconds } from '../plan/ticks.ts';
import type { Encoder } from './encoders/encoder.ts';
import { encoders } from './encoders/encoders.ts';
import { forcedKeyframes } from './forced-keyframes.ts';
import { inputArgs, withAnyErrors } from './input-args.ts';
import { beforeCut, keptFrames, opaque, pictureInputArgs, upright } from './picture-filters.ts';
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
  /** Local file with the cube of `picture.colourMap`; needed where there is one. */
  lutPath?: string | undefined;
  /** True where pictures change their size: all are fitted into the first one's. Default: false. */
  fit?: boolean;
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
    ...['-filter_complex_threads', '1', ...withAnyErrors],
    ...decodeArgs(work),
    ...['-filter_complex', filterGraph(work)],
    ...work.rungs.flatMap((rung) => outputArgs(rung, work, tools, table[rung.encoder])),
  ];
}

function decodeArgs({ sourcePath, source, segment, picture, fit = false }: EncodeWork): string[] {
  const seek = segment.seek === null ? null : decimalSeconds(segment.seek, source.timeBase, 'up');
  return [
    '-copyts', // the source's own times, or `trim` below would mean something else after every seek
    '-noaccurate_seek', // with -copyts ffmpeg would trim at seek + container start: 0 of 600 frames of an MKV that starts at 10 s
    // Absolute: -ss counts from the container's start_time otherwise. Rounded up to a microsecond, never before the keyframe.
    ...(seek === null ? [] : ['-seek_timestamp', '1', '-ss', seek]),
    ...['-threads', '1', ...pictureInputArgs(picture, { fit })],
    ...inputArgs({ path: sourcePath, demuxer: source.demuxer }),
  ];
}

/** Decode once, cut in the source's ticks, move the source's start to 0, and make each rung's picture. */
function filterGraph(work: EncodeWork): string {
  const { source, picture, segment, rungs, lutPath, fit = false } = work;
  const end = segment.end === null ? '' : `:end_pts=${segment.end}`;
  const decoded = [
    ...beforeCut(picture, { timeBase: source.timeBase, fit }),
    `trim=start_pts=${segment.start}${end}`,
    onlyLater,
    `setpts=PTS-(${source.start})`,
    ...keptFrames(picture, source.timeBase),
    ...opaque(picture),
    `split=${rungs.length}${rungs.map((_, position) => `[in${position}]`).join('')}`,
  ];
  const made = rungs.map(({ width, height }, position) => {
    const target = { width, height, pixelFormat: 'yuv420p', colour: picture.output } as const;
    const filters = [...upright(picture, target, lutPath), signalling(picture)];
    return `[in${position}]${filters.join()}[out${position}]`;
  });
  return [`[0:${source.streamIndex}]${decoded.join()}`, ...made].join(';');
}

/** A damaged source can show a frame late, at the time of another one: the index does not present it. */
const onlyLater = "select='isnan(prev_selected_pts)+gt(pts,prev_selected_pts)'";

/** What newer builds take from the first picture and older ones from options: so both are told, and it is the same in every segment. */
const signalling = ({ output: { primaries, transfer, matrix } }: Picture): string =>
  `setparams=range=tv:color_primaries=${primaries}:color_trc=${transfer}:colorspace=${matrix}`;

function outputArgs(
  rung: Rung,
  work: EncodeWork,
  tools: Pick<FfmpegTools, 'fpsModeOption'>,
  encoder: Encoder,
): string[] {
  const { source, segment, rungs } = work;
  const { output } = work.picture;
  const { numerator, denominator } = source.timeBase;
  return [
    ...['-map', `[out${rungs.indexOf(rung)}]`, '-threads', '1'],
    ...encoder.args(rung),
    ...['-color_range', 'tv', '-colorspace', output.matrix],
    ...['-color_primaries', output.primaries, '-color_trc', output.transfer],
    ...['-force_key_frames', forcedKeyframes(segment, source)],
    ...['-enc_time_base', `${numerator}:${denominator}`], // else the encoder counts in frames, and VFR is rounded to them
    ...[tools.fpsModeOption, 'passthrough'], // else frames are dropped and doubled to a constant rate
    // The container counts in whole parts of a second: a numerator other than 1 (AVI) is multiplied into its times.
    ...['-video_track_timescale', String(denominator)],
    // CMAF: a fragment a GOP, times absolute in tfdt, picture times without an edit list.
    // The colours are said in the container, too: older builds do so only where they are asked.
    ...['-movflags', '+frag_keyframe+empty_moov+default_base_moof+negative_cts_offsets+frag_discont+write_colr'],
    ...['-avoid_negative_ts', 'disabled'], // else times are moved to where this segment starts
    ...['-map_metadata', '-1', '-map_chapters', '-1', '-bitexact'], // nothing of the source's words, nothing of the build's name
    ...['-f', 'mp4', work.outputPath(rung)],
  ];
}
