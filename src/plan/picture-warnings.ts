import type { Picture } from './picture-schema.ts';
import type { ProbedVideo } from './probe.ts';
import { type Warning, warn } from './warnings.ts';

/** What is done to the pictures of a source, for its report: in the order in which it is done. */
export function pictureWarnings(video: ProbedVideo, picture: Picture): Warning[] {
  const warnings: Warning[] = [];
  const { size, maxFrameRate, colourMap } = picture;
  if (picture.deinterlace) {
    const first = picture.deinterlace === 'tff' ? 'top' : 'bottom';
    warnings.push(warn('deinterlaced', `Two fields a frame, the ${first} one first, are made whole pictures.`));
  }
  if (maxFrameRate !== null) {
    const rate = Number((video.frameRate ?? 0).toFixed(2));
    warnings.push(warn('frame_rate_capped', `Of ${rate} frames a second at most ${maxFrameRate} are kept.`));
  }
  if (picture.mirrored) warnings.push(warn('mirrored', 'The picture is mirrored.'));
  if (picture.rotation !== 0) {
    warnings.push(warn('rotated', `The picture is turned by ${picture.rotation}° clockwise.`));
  }
  if (Math.round(size.width * size.pixelAspect) !== size.width) {
    const [from, to] = [`${video.codedWidth}x${video.codedHeight}`, `${video.width}x${video.height}`];
    warnings.push(warn('square_pixels', `The ${from} pixels are not square: the picture is shown as ${to}.`));
  }
  if (picture.alpha) warnings.push(warn('alpha_flattened', 'Transparency is laid over black.'));
  if (colourMap && colourMap.kind !== 'gamut') {
    const from = `${colourMap.kind.toUpperCase()} of up to ${Math.round(colourMap.peakNits)} cd/m2`;
    warnings.push(warn('tone_mapped', `${from} is mapped to the standard dynamic range.`));
  } else {
    const from = convertedFrom(picture);
    if (from) warnings.push(warn('colour_converted', `Colours are converted from ${from}.`));
  }
  if (isFiner(video.pixelFormat)) {
    warnings.push(warn('reduced_to_8_bit_420', `${video.pixelFormat} is reduced to 8 bits and 4:2:0.`));
  }
  return warnings;
}

/** Null where only a matrix of another standard is exchanged, which loses nothing. */
function convertedFrom({ colour, colourMap }: Picture): string | null {
  if (colourMap?.kind === 'gamut') return `${colourMap.primaries} (${colourMap.transfer})`;
  if (colour.matrix === 'gbr') return 'RGB';
  return colour.range === 'full' ? 'full range' : null;
}

/** More than 8 bits, or colour in more places than every fourth, by ffmpeg's name of the pixel format. */
const isFiner = (pixelFormat: string): boolean =>
  /^(?:yuva?j?4(?:22|44|40)|gbr|rgb|bgr|argb|abgr|0rgb|0bgr|ayuv|vuya|y21|yuyv|uyvy|pal8|p[24]1[0-6]|nv(?:16|20|24|42)|xyz|x2)/.test(
    pixelFormat,
  ) || /(?:p|gray|ya)(?:9|1[0246])(?:le|be)?$|p01[026]/.test(pixelFormat);
