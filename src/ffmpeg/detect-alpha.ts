import type { InputFile } from './input-args.ts';
import { type LookedSpan, spanArgs } from './looked-spans.ts';
import type { Stream } from './parse-streams.ts';

/**
 * Whether pictures are transparent in places. WebM keeps transparency beside the picture and says so in a tag; elsewhere the pixel format has
 * room for it, and it is there unless nobody filled it in (`alphaUsed`).
 */
export function detectAlpha({ codec, pixelFormat, tags, alphaUsed }: DescribedPixels): boolean {
  if (['vp8', 'vp9'].includes(codec) && tags.alpha_mode === '1') return true;
  return holdsAlpha(pixelFormat) && alphaUsed;
}

export interface DescribedPixels extends Pick<Stream, 'tags'> {
  codec: string;
  pixelFormat: string;
  alphaUsed: boolean;
}

/** By ffmpeg's name of a pixel format. A palette (pal8) is opaque in every codec that we decode. */
export const holdsAlpha = (pixelFormat: string): boolean =>
  /^(?:yuva|rgba|bgra|argb|abgr|gbrap|ya8|ya16|ayuv|vuya)/.test(pixelFormat);

/**
 * ffmpeg: says of each picture of a span how much of it is clear, for `isClear`. The fourth byte of 32-bit pictures in an AVI is mostly left at
 * 0 (BITMAPINFOHEADER: it is not used), and such a video would be black.
 */
export const alphaArgs = (input: InputFile, streamIndex: number, span: LookedSpan): string[] =>
  spanArgs(input, streamIndex, span, 'alphaextract,blackframe=amount=0:threshold=1');

/** True where there were pictures, and all of them are clear all over. */
export function isClear(logs: string[]): boolean {
  const shares = logs.flatMap((log) => [...log.matchAll(/pblack:(\d+)/g)].map(([, percent]) => Number(percent)));
  return shares.length > 0 && shares.every((percent) => percent === 100);
}
