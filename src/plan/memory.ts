import type { Rung } from './encode-plan.ts';
import type { Picture } from './picture.ts';
import { bytesPerPixel } from './pixel-bytes.ts';
import type { ProbedVideo } from './probe.ts';

/*
 * Constants fitted to peaks of real processes (VmHWM), see docs/benchmarks.md: upper bounds for both builds of ffmpeg, by at most
 * about 30 % where a job is large. `npx tsx bench/memory.ts` measures again.
 */
const mebi = 2 ** 20;

/** ffmpeg with its libraries: 62 MiB; the old static build has 25. */
const processBytes = 64 * mebi;
/** An output: encoder, scaler and a fragment of 2 s at its largest rate. */
const outputBytes = 8 * mebi;
/** x264 keeps a frame with its border, its half-pixel planes, a half-size copy and what it found out of each block. */
const encoderBytesPerPixel = 3.8;
/** Frames that x264 keeps: lookahead, B-frames, references, and those in hand. The default of an unknown preset is the slowest. */
export const encoderFrames = (preset: string): number => (lookaheads[preset] ?? slowest) + inHand;
const lookaheads: Readonly<Record<string, number>> = {
  ...{ ultrafast: 0, superfast: 0, veryfast: 10, faster: 20, fast: 30, medium: 40, slow: 50, slower: 60 },
};
const slowest = 96;
const inHand = 10;

/** What a decoder reads, and what is done to its pictures. */
export interface DecodedPictures {
  source: Pick<ProbedVideo, 'codec' | 'codedWidth' | 'codedHeight' | 'pixelFormat'>;
  picture: Pick<Picture, 'deinterlace' | 'colourMap' | 'alpha'>;
}

/** Estimated peak of one encode process, bytes: one decode, what is done to the pictures, and an encoder a rung. Pure. */
export function estimateMemoryBytes(
  work: DecodedPictures & { rungs: readonly Pick<Rung, 'width' | 'height' | 'preset'>[] },
): number {
  const mapped = work.picture.colourMap ? mappedBytesPerPixel : 0;
  const outputs = work.rungs.map(
    ({ width, height, preset }) =>
      outputBytes + width * height * (encoderBytesPerPixel * encoderFrames(preset) + mapped),
  );
  return Math.ceil(outputs.reduce((sum, bytes) => sum + bytes, decodeBytes(work)));
}

/** Estimated peak of the process that makes poster and sheets, bytes. Pure. */
export const estimateThumbnailBytes = (work: DecodedPictures): number => Math.ceil(decodeBytes(work) + 3 * outputBytes);

function decodeBytes({ source, picture }: DecodedPictures): number {
  const pixels = source.codedWidth * source.codedHeight;
  const decoded = framesKept(source.codec, pixels) * bytesPerPixel(source.pixelFormat);
  const filtered =
    (picture.deinterlace ? deinterlacedFrames * bytesPerPixel(source.pixelFormat) : 0) +
    (picture.alpha ? flattenedBytesPerPixel : 0);
  return processBytes + pixels * (decoded + filtered);
}

/** The frame before, the one in hand, the one after, and what is made of them. */
const deinterlacedFrames = 4;
/** Of an output: two frames of 16-bit RGB, into the table of colours and out of it. */
const mappedBytesPerPixel = 2 * 6;
/** Two frames of 12-bit RGB with transparency. */
const flattenedBytesPerPixel = 2 * 8;

/** Frames that a decoder keeps at most: its references, and some on their way. */
function framesKept(codec: string, pixels: number): number {
  if (codec === 'h264') return references(h264Pixels, pixels) + onTheirWay;
  if (codec === 'hevc') return references(hevcPixels, pixels) + onTheirWay;
  return (kept[codec] ?? fewReferences) + onTheirWay;
}

const onTheirWay = 4;
/** Of a codec with one picture before and one after. */
const fewReferences = 2;
const kept: Readonly<Record<string, number>> = {
  ...{ vp8: 4, vp9: 8, av1: 10 },
  ...{ prores: 0, mjpeg: 0, dnxhd: 0, dvvideo: 0, rawvideo: 0, huffyuv: 0, ffvhuff: 0, utvideo: 0 },
};

/** MaxDpbMbs of level 5.2 (ITU-T H.264, table A-1), in pixels. */
const h264Pixels = 184_320 * 256;
/** MaxDpbSize of level 5.x (ITU-T H.265, A.4.2): six pictures of 8.9 million pixels, more of smaller ones. */
const hevcPixels = 6 * 8_912_896;

/** Level 5.x bounds what is common; a larger picture has four references at least. */
const references = (mostPixels: number, pixels: number): number =>
  Math.min(16, Math.max(4, Math.floor(mostPixels / pixels)));
