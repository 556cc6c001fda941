import { encodeSecondsPerMegapixel } from './cost.ts';
import type { EncodePlan, Rung, Segment, ThumbnailPlan } from './encode-plan.ts';
import { encoderFrames } from './memory.ts';
import type { Picture } from './picture.ts';
import { toSeconds } from './ticks.ts';

/**
 * What a tool has to work through, in CPU-seconds of one core of 2023 and for content that is hard: what `timeBounds` makes its bounds of. A plan
 * is made by the cost of ordinary content (`cost.ts`); a bound that is broken by hard content would refuse it.
 */
export interface Effort {
  /** What it works on, in words for an error: `1920x1080`. */
  of: string;
  /** What shows that it works: pictures, anything that comes out (sound, copies, files), or lines. */
  sign: 'frame' | 'output' | 'line';
  cpuSeconds: number;
  /** Before its first sign. */
  cpuSecondsToFirst: number;
  /** The most between two signs. */
  cpuSecondsBetween: number;
}

/** Content of much noise takes 2.5 times as much as `cost.ts` says. */
const hardEncodeSeconds = 2.5 * encodeSecondsPerMegapixel;
/** The slowest that was measured, 1080p with noise on one thread: libaom-av1 of 2018 0.050, vp9 0.034, ffv1 0.024, h264 and hevc of 10 bits 0.013. */
const hardDecodeSeconds = 0.05;
/** bwdif. */
const deinterlaceSeconds = 0.02;
/** Per megapixel that comes out: into 16-bit RGB, through a table, and back. */
const colourMapSeconds = 0.1;
/** Per megapixel that comes in: 12 bits over black. */
const flattenSeconds = 0.1;
/** As much slower than `medium`; a preset that is not known is the slowest. */
const presetCost: Readonly<Record<string, number>> = {
  ...{ ultrafast: 1, superfast: 1, veryfast: 1, faster: 1, fast: 1, medium: 1, slow: 2, slower: 4, veryslow: 8 },
};
const slowestPreset = 20;

/** Pictures that are decoded for one that is made: of a plan with a capped frame rate (240) only what is made is known, and cameras reach 2,000. */
const framesForOne = ({ maxFrameRate }: Picture): number => (maxFrameRate === null ? 1 : 8);

export interface EncodeToJudge {
  source: Pick<EncodePlan['source'], 'frames' | 'durationSeconds' | 'timeBase' | 'start'>;
  picture: Picture;
  segment: Pick<Segment, 'start' | 'seek' | 'frames'>;
  rungs: readonly Pick<Rung, 'width' | 'height' | 'preset'>[];
}

/**
 * One encode process: it decodes from its keyframe up to the segment without a sign, and an encoder gives nothing back before its lookahead is full; at
 * the end the lookaheads of all rungs are emptied one after the other. Pure.
 */
export function encodeEffort({ source, picture, segment, rungs }: EncodeToJudge): Effort {
  const decode = decodeSeconds(picture);
  const ahead = Math.max(0, ...rungs.map(({ preset }) => encoderFrames(preset)));
  const encode = rungs.reduce((sum, rung) => sum + encodeSeconds(rung, picture), 0);
  const leadSeconds = toSeconds(segment.start - (segment.seek ?? source.start), source.timeBase);
  const leadFrames = Math.min(source.frames, (Math.max(0, leadSeconds) * source.frames) / source.durationSeconds);
  const lead = leadFrames * framesForOne(picture) * decode;
  const between = Math.min(ahead, segment.frames) * (framesForOne(picture) * decode + encode);
  return {
    of: sizeOf(picture),
    sign: 'frame',
    cpuSeconds: lead + segment.frames * (framesForOne(picture) * decode + encode),
    cpuSecondsToFirst: lead + between,
    cpuSecondsBetween: between,
  };
}

/** Poster and sheets: all pictures may have to be decoded, and every tenth is counted. A poster is looked for in every half second. Pure. */
export function thumbnailEffort(
  { source, picture }: Pick<EncodeToJudge, 'source' | 'picture'>,
  thumbnails: Pick<ThumbnailPlan, 'count'>,
): Effort {
  const decode = framesForOne(picture) * decodeSeconds(picture);
  const made = thumbnails.count + 2 * source.durationSeconds;
  const convert = megapixels(picture.size) * colourMapSeconds;
  const between = Math.min(source.frames, 4 * 10) * (decode + convert);
  return {
    of: sizeOf(picture),
    sign: 'frame',
    cpuSeconds: source.frames * decode + made * convert,
    cpuSecondsToFirst: between,
    cpuSecondsBetween: between,
  };
}

/** A decode of `frames` pictures in a file of so many bytes, as of ffprobe. Its lines come in blocks of 4 KiB, about 70. Pure. */
export function decodeEffort({ width, height, frames, bytes }: Size & { frames: number; bytes: number }): Effort {
  const decode = megapixels({ width, height }) * hardDecodeSeconds;
  const read = demuxEffort({ bytes });
  const between = read.cpuSecondsBetween + 100 * decode;
  return {
    of: `${width}x${height}`,
    sign: 'line',
    cpuSeconds: read.cpuSeconds + frames * decode,
    cpuSecondsToFirst: between,
    cpuSecondsBetween: between,
  };
}

/** As `decodeEffort`, of all pictures of a planned source. Pure. */
export const wholeDecodeEffort = (
  { source, picture }: Pick<EncodeToJudge, 'source' | 'picture'>,
  { bytes }: { bytes: number },
): Effort => decodeEffort({ ...picture.size, frames: source.frames * framesForOne(picture), bytes });

/** What a file says of its streams: its header, 20 MB, and the pictures of 20 s at most are looked at, and nothing is told before the end. */
export const headerEffort: Effort = {
  ...{ of: 'a header', sign: 'line', cpuSeconds: 20, cpuSecondsToFirst: 20, cpuSecondsBetween: 20 },
};

/** A pass over a file that decodes nothing: headers, packets. Of a stream with a picture an hour it tells nothing for long. Pure. */
export function demuxEffort({ bytes }: { bytes: number }): Effort {
  const between = megabytes(bytes) * skippedMegabyteSeconds;
  return {
    of: sayBytes(bytes),
    sign: 'line',
    cpuSeconds: megabytes(bytes) * packetMegabyteSeconds,
    cpuSecondsToFirst: between,
    cpuSecondsBetween: between,
  };
}

/** A copy of streams, or the packing of files, of so many bytes. Pure. */
export const copyEffort = ({ bytes }: { bytes: number }): Effort => ({ ...demuxEffort({ bytes }), sign: 'output' });

/** A pass over the sound of a file: it is read whole, the picture with it. Pure. */
export function soundEffort({ bytes, seconds }: { bytes: number; seconds: number }): Effort {
  const read = demuxEffort({ bytes });
  return {
    ...read,
    of: `${seconds.toFixed(0)} s of sound`,
    sign: 'output',
    cpuSeconds: read.cpuSeconds + seconds * soundSeconds,
  };
}

/** Of a second of sound in eight channels, to two bitrates and a measure. */
const soundSeconds = 0.1;
/** A disk gives 500 MB/s. */
const skippedMegabyteSeconds = 0.002;
/** Packets of 500 bytes, 10 µs each. */
const packetMegabyteSeconds = 0.02;

interface Size {
  width: number;
  height: number;
}

const decodeSeconds = ({ size, deinterlace, alpha }: Picture): number =>
  megapixels(size) * (hardDecodeSeconds + (deinterlace ? deinterlaceSeconds : 0) + (alpha ? flattenSeconds : 0));

const encodeSeconds = (rung: Size & { preset: string }, { colourMap }: Picture): number =>
  megapixels(rung) *
  (hardEncodeSeconds * (presetCost[rung.preset] ?? slowestPreset) + (colourMap ? colourMapSeconds : 0));

const megapixels = ({ width, height }: Size): number => (width * height) / 1e6;
const megabytes = (bytes: number): number => bytes / 1e6;
const sizeOf = ({ size: { width, height } }: Picture): string => `${width}x${height}`;
const sayBytes = (bytes: number): string => `${megabytes(bytes).toFixed(1)} MB`;
