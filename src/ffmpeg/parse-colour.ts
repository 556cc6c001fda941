import type { Colour } from '../plan/probe.ts';
import { type Warning, warn } from '../plan/warnings.ts';
import { knownMatrices, knownPrimaries, knownTransfers, told } from './colour-names.ts';

/** What a stream says of its colours, in ffprobe's names; undefined, `unknown` and `reserved` where it does not. */
export interface ToldColour {
  codec: string;
  pixelFormat: string;
  /** As coded. */
  width: number;
  height: number;
  range?: string;
  matrix?: string;
  primaries?: string;
  transfer?: string;
}

/**
 * How the pixels of a stream are meant, with what is not told filled in as players fill it in. It is worth a word (`colour_assumed`) only where
 * that is a guess, and no news of every clip without a colour description: see `isGuess`.
 */
export function parseColour(stream: ToldColour): { colour: Colour; warnings: Warning[] } {
  const rgb = isRgb(stream.pixelFormat);
  const said = {
    matrix: told(stream.matrix, knownMatrices),
    primaries: told(stream.primaries, knownPrimaries),
    transfer: told(stream.transfer, knownTransfers),
  };
  const matrix = rgb ? 'gbr' : (said.matrix ?? assumedMatrix(stream, said));
  const primaries = said.primaries ?? assumedPrimaries(stream, matrix, said.transfer);
  const transfer = said.transfer ?? (matrix.startsWith('bt2020') ? 'bt2020-10' : 'bt709');
  const colour: Colour = { primaries, transfer, matrix, range: parseRange(stream, rgb) };
  const guess = rgb ? null : isGuess(stream, said);
  const detail = `${guess}: taken as matrix ${matrix}, primaries ${primaries}, transfer ${transfer}.`;
  return { colour, warnings: guess ? [warn('colour_assumed', detail)] : [] };
}

/** By ffmpeg's name of a pixel format. */
export const isRgb = (pixelFormat: string): boolean => /^(?:(?:x2|0|a)?(?:rgb|bgr)|gbr|pal8)/.test(pixelFormat);

interface Said {
  matrix: string | null;
  primaries: string | null;
  transfer: string | null;
}

const isHdr = ({ transfer }: Pick<Said, 'transfer'>): boolean =>
  transfer === 'smpte2084' || transfer === 'arib-std-b67';

/** From 720 lines on high definition, as browsers take it (Chromium: `VideoColorSpace`, below 720 lines Rec. 601). */
function assumedMatrix(stream: ToldColour, said: Said): string {
  if (said.primaries === 'bt2020' || (said.primaries === null && isHdr(said))) return 'bt2020nc';
  if (stream.height >= 720 || stream.width >= 1280) return 'bt709';
  return standardDefinition(stream) === 625 ? 'bt470bg' : 'smpte170m';
}

/** Standard definition has its own where it comes from television, and nowhere else (as in mpv: `mp_csp_guess_primaries`). */
function assumedPrimaries(stream: ToldColour, matrix: string, transfer: string | null): string {
  if (matrix.startsWith('bt2020') || isHdr({ transfer })) return 'bt2020';
  if (!['smpte170m', 'bt470bg'].includes(matrix) || stream.codec === 'mjpeg') return 'bt709';
  return { 625: 'bt470bg', 525: 'smpte170m', 0: 'bt709' }[standardDefinition(stream)];
}

/** Lines of the television system that a picture of this size comes from (Recommendation ITU-R BT.601); 0: from none. */
function standardDefinition({ width, height }: ToldColour): 625 | 525 | 0 {
  if (width < 700 || width > 768) return 0;
  if (height === 576) return 625;
  return height === 480 || height === 486 ? 525 : 0;
}

function parseRange({ codec, pixelFormat, range }: ToldColour, rgb: boolean): Colour['range'] {
  if (rgb || pixelFormat.startsWith('yuvj')) return 'full';
  if (range === 'pc' || range === 'tv') return range === 'pc' ? 'full' : 'limited';
  return codec === 'mjpeg' ? 'full' : 'limited'; // JFIF knows full range only
}

/** Why what is assumed may be wrong; null where every player would take it so. */
function isGuess({ width, height, pixelFormat, codec }: ToldColour, said: Said): string | null {
  if (said.transfer === null && said.primaries === 'bt2020') return 'Wide colours, but no word on their brightness';
  const filmed = ['hevc', 'vp9', 'av1'].includes(codec);
  if (said.transfer === null && filmed && /1[02](?:le|be)?$/.test(pixelFormat)) {
    return 'More than 8 bits, as high dynamic range has, but no word that it is any';
  }
  // mpv takes high definition from 577 lines on, Chromium from 720.
  const between = height > 576 && height < 720 && width < 1280;
  return said.matrix === null && between ? 'A size between standard and high definition' : null;
}
