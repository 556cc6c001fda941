import type { EncodePlan, ThumbnailPlan } from '../plan/encode-plan.ts';
import type { Picture } from '../plan/picture.ts';
import type { SourceIndex } from '../plan/source-index.ts';
import { inputArgs, withAnyErrors } from './input-args.ts';
import { beforeCut, opaque, pictureInputArgs, upright } from './picture-filters.ts';
import type { FfmpegTools } from './run-ffmpeg.ts';

/** Which pictures are decoded: all, those that others refer to, or keyframes. Fewer cost less. */
export type DecodedPictures = 'all' | 'references' | 'keyframes';

export interface ThumbnailWork {
  /** Local file. */
  sourcePath: string;
  source: Pick<EncodePlan['source'], 'demuxer' | 'streamIndex' | 'timeBase' | 'start'>;
  picture: Picture;
  thumbnails: ThumbnailPlan;
  decoded: DecodedPictures;
  poster: { width: number; height: number; path: string };
  /** With `%d` for the number of the sheet, from 1. */
  sheetPattern: string;
  /** As in an encode. */
  lutPath?: string | undefined;
  fit?: boolean;
}

/** A picture this little before a span counts as its first one: times are rounded on their way, seconds. */
const roundingSeconds = 0.001;

/** How far before its time a picture may lie where not all are decoded, seconds. */
const tolerance = 0.5;

/**
 * The least decoding that shows every thumbnail a picture of its own span of the clip: the first keyframe in it, where
 * every span has one; else the picture at its begin, or at most half a second before that. Measured on a source of 30 Mbit/s,
 * 32 s of 720p30: all 9.1 CPU-s, references 8.0, keyframes 0.3.
 */
export function picturesToDecode(
  index: Pick<SourceIndex, 'trustworthy' | 'timeBase' | 'keyframes'>,
  source: Pick<EncodePlan['source'], 'start' | 'frameRate'>,
  plan: Pick<ThumbnailPlan, 'count' | 'intervalSeconds'>,
): DecodedPictures {
  if (!index.trustworthy) return 'all';
  const tick = index.timeBase.numerator / index.timeBase.denominator;
  const spanOf = (pts: number) => Math.floor(((pts - source.start) * tick + roundingSeconds) / plan.intervalSeconds);
  const spans = new Set(index.keyframes.pts.map(spanOf));
  // The last span may be short: it can show the picture before it.
  const needed = Array.from({ length: Math.max(1, plan.count - 1) }, (_, span) => span);
  if (needed.every((span) => spans.has(span))) return 'keyframes';
  // Encoders put up to 8 pictures in a row that nothing refers to.
  return source.frameRate !== null && 8 / source.frameRate <= tolerance ? 'references' : 'all';
}

/** ffmpeg's arguments for the sheets and the poster, from one decode. */
export function thumbnailArgs(work: ThumbnailWork, tools: Pick<FfmpegTools, 'fpsModeOption'>): string[] {
  const { thumbnails } = work;
  const graph = [
    `${decodedPictures(work)},split=3[ticks][pictures][posters]`,
    // A sheet comes out after its last picture: progress is seen here.
    "[ticks]select='not(mod(n,10))'[progress]",
    [
      `[pictures]${work.decoded === 'keyframes' ? firstOfEachSpan(thumbnails) : 'null'}`,
      // The last picture at or before each time: rounded up, it is the one in force then.
      `fps=1000/${Math.round(thumbnails.intervalSeconds * 1000)}:start_time=0:round=up`,
      // Where the last picture is shown for longer than an interval.
      // Both modes: where it may draw a picture of its own it refuses some pixel formats, and they would be converted anyhow.
      `tpad=start_mode=clone:stop_mode=clone:stop=${thumbnails.count}`,
      `trim=end_frame=${thumbnails.count}`,
      ...jpegPicture(work, thumbnails),
      `tile=${thumbnails.columns}x${thumbnails.rows}[sheets]`,
    ].join(),
    `[posters]${posterFilters(work, 'bright')}[poster]`,
  ];
  return [
    ...inputOf(work),
    ...['-filter_complex', graph.join(';')],
    ...['-map', '[progress]', tools.fpsModeOption, 'passthrough', '-f', 'null', '-'],
    ...jpeg('[sheets]', work.sheetPattern, tools),
    ...posterOutput(work, tools),
  ];
}

/** Only the first picture of each span, moved to where the span begins. */
function firstOfEachSpan({ intervalSeconds }: Pick<ThumbnailPlan, 'intervalSeconds'>): string {
  const span = (t: string) => `floor((${t}+${roundingSeconds})/${intervalSeconds})`;
  return `select='isnan(prev_selected_t)+gt(${span('t')},${span('prev_selected_t')})',setpts=N*${intervalSeconds}/TB`;
}

/** ffmpeg's arguments for a poster where all that comes after its place is black: the first picture, whatever it shows. */
export const firstPictureArgs = (work: ThumbnailWork, tools: Pick<FfmpegTools, 'fpsModeOption'>): string[] => [
  ...inputOf(work),
  ...['-filter_complex', `${decodedPictures(work)},${posterFilters(work, 'any')}[poster]`],
  ...posterOutput(work, tools),
];

/** From the source to pictures that count from 0. */
const decodedPictures = ({ source, picture, fit = false }: ThumbnailWork): string => {
  const whole = beforeCut(picture, { timeBase: source.timeBase, fit });
  return `[0:${source.streamIndex}]${[...whole, `setpts=PTS-(${source.start})`].join()}`;
};

/** A JPEG has the matrix of BT.601 and full range, whatever a video has (JFIF, ITU-T T.871). */
const jpegPicture = (work: ThumbnailWork, size: { width: number; height: number }): string[] => {
  const target = { ...size, pixelFormat: 'yuvj420p', colour: { matrix: 'smpte170m', range: 'full' } } as const;
  return [...opaque(work.picture), ...upright(work.picture, target, work.lutPath)];
};

function inputOf({ sourcePath, source, picture, decoded, fit = false }: ThumbnailWork): string[] {
  const skip = { all: [], references: ['-skip_frame', 'noref'], keyframes: ['-skip_frame', 'nokey'] }[decoded];
  return [
    ...[
      ...withAnyErrors,
      '-copyts',
      '-filter_complex_threads',
      '1',
      '-threads',
      '1',
      ...skip,
      ...pictureInputArgs(picture, { fit }),
    ],
    ...inputArgs({ path: sourcePath, demuxer: source.demuxer }),
  ];
}

function posterFilters(work: ThumbnailWork, want: 'bright' | 'any'): string {
  const { poster, thumbnails } = work;
  if (want === 'any') return ['trim=start=0', 'trim=end_frame=1', ...jpegPicture(work, poster)].join();
  // It looks at 8 bits of limited range only: they are made here, for any other format would be converted to them anyhow.
  const seen = { ...poster, pixelFormat: 'yuv420p', colour: { matrix: 'smpte170m', range: 'limited' } } as const;
  return [
    `trim=start=${thumbnails.posterSeconds}`,
    "select='eq(n,0)+gte(t-prev_selected_t,0.5)'", // two a second are enough to look at
    ...opaque(work.picture),
    ...upright(work.picture, seen, work.lutPath),
    'blackframe=amount=0:threshold=32', // says of each how much is black, in per cent
    'metadata=mode=select:key=lavfi.blackframe.pblack:value=95:function=less',
    'trim=end_frame=1',
    'scale=flags=bicubic+accurate_rnd+bitexact:in_range=tv:out_range=pc',
    'format=yuvj420p',
  ].join();
}

const posterOutput = ({ poster }: ThumbnailWork, tools: Pick<FfmpegTools, 'fpsModeOption'>): string[] => [
  ...['-frames:v', '1', '-update', '1', ...jpeg('[poster]', poster.path, tools)],
];

const jpeg = (label: string, path: string, tools: Pick<FfmpegTools, 'fpsModeOption'>): string[] => [
  ...['-map', label, tools.fpsModeOption, 'passthrough', '-threads', '1'],
  ...['-c:v', 'mjpeg', '-q:v', '4', '-bitexact', '-f', 'image2', path],
];
