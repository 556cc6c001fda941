import { CatalogueError } from '../errors/catalogue-error.ts';
import { parsePicture } from './parse-picture.ts';
import type { MediaFile } from './parse-streams.ts';

/** Bounds of what a header may claim. */
export interface SourceLimits {
  maxSidePixels: number;
  maxPixels: number;
  maxStreams: number;
}

/** Throws INPUT_TOO_MANY_STREAMS. */
export function checkStreamCount({ format }: MediaFile, { maxStreams }: SourceLimits): void {
  if (format.nb_streams <= maxStreams) return;
  const detail = `The file holds ${format.nb_streams} streams; the limit is ${maxStreams}.`;
  throw new CatalogueError('INPUT_TOO_MANY_STREAMS', detail);
}

/**
 * Throws INPUT_TOO_LARGE_PIXELS for a picture of the file, as it is stored or as it is shown. Every video stream counts, also
 * one that is not used: whoever looks into the file may decode it. A cover alone (attached picture) is passed over.
 */
export function checkPictureSizes({ streams }: MediaFile, limits: SourceLimits): void {
  const pictures = streams.filter((stream) => stream.codec_type === 'video' && !stream.disposition.attached_pic);
  for (const picture of pictures.flatMap((stream) => [stream, parsePicture(stream)])) checkPictureSize(picture, limits);
}

/** Throws INPUT_TOO_LARGE_PIXELS. */
export function checkPictureSize({ width, height }: { width: number; height: number }, limits: SourceLimits): void {
  if (Math.max(width, height) <= limits.maxSidePixels && width * height <= limits.maxPixels) return;
  const most = `${limits.maxSidePixels} pixels a side and ${(limits.maxPixels / 1e6).toFixed(1)} megapixels`;
  throw new CatalogueError('INPUT_TOO_LARGE_PIXELS', `The picture is ${width}x${height}; the limit is ${most}.`);
}

/** Throws INPUT_TOO_LONG where this many seconds pass the limit. `jump`: the longest step of its clock, which may be why. Seconds. */
export function checkDuration(
  seconds: number,
  maxDurationSeconds: number,
  jump: { from: number; to: number } | null = null,
): void {
  if (seconds <= maxDurationSeconds) return;
  const hours = (value: number) => `${(value / 3600).toFixed(1)} h`;
  const detail = `The video is ${hours(seconds)} or longer; the limit is ${hours(maxDurationSeconds)}.`;
  const isWhy = jump !== null && seconds - (jump.to - jump.from) <= maxDurationSeconds;
  const why = isWhy
    ? ` Its clock jumps by ${hours(jump.to - jump.from)}, ${jump.from.toFixed(1)} s after its beginning.`
    : '';
  throw new CatalogueError('INPUT_TOO_LONG', `${detail}${why}`, { facts: { seconds, ...(isWhy ? { jump } : {}) } });
}
