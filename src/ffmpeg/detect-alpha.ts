import type { Stream } from './parse-streams.ts';

/**
 * Whether pictures are transparent in places, by ffmpeg's name of their pixel format; WebM keeps transparency beside the picture and says so in a tag.
 * A palette (pal8) is opaque in every codec that we decode.
 */
export function detectAlpha({ codec, pixelFormat, tags }: DescribedPixels): boolean {
  if (['vp8', 'vp9'].includes(codec) && tags.alpha_mode === '1') return true;
  return /^(?:yuva|rgba|bgra|argb|abgr|gbrap|ya8|ya16|ayuv|vuya)/.test(pixelFormat);
}

export interface DescribedPixels extends Pick<Stream, 'tags'> {
  codec: string;
  pixelFormat: string;
}
