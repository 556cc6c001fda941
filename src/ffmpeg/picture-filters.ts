import { intervalsPerTick } from '../plan/frame-rate.ts';
import type { Picture } from '../plan/picture.ts';
import type { Colour, Rational } from '../plan/probe.ts';
import { fitIntoFirst } from './picture-fit.ts';
import { quoteFilterValue } from './quote-filter-value.ts';

/** accurate_rnd and bitexact: the same pixels on every CPU, whatever instructions it has. */
const exact = 'bicubic+accurate_rnd+bitexact';
/** Colour of every pixel is computed, where it is mixed anew; without it RGB has that of every second one. */
const exactColour = `${exact}+full_chroma_int+full_chroma_inp`;

/** What a picture becomes. */
export interface Target {
  width: number;
  height: number;
  pixelFormat: 'yuv420p' | 'yuvj420p';
  /** How the pixels are meant. */
  colour: Pick<Colour, 'matrix' | 'range'>;
}

/** Options before an input. Its pictures are turned by `turned`: older builds do not know mirrored ones, and would turn the rest themselves. */
export const pictureInputArgs = ({ decoder }: Picture, { fit }: { fit: boolean }): string[] => [
  '-noautorotate',
  ...(fit ? ['-reinit_filter', '0'] : []),
  ...(decoder ? ['-c:v', decoder] : []),
];

/** Before a cut in ticks of `timeBase`: what looks at the pictures round one. */
export const beforeCut = (picture: Picture, { timeBase, fit }: { timeBase: Rational; fit: boolean }): string[] => [
  ...(fit ? fitIntoFirst(picture) : []),
  ...(picture.deinterlace
    ? [
        // Every frame: what a decoder says of single ones is wrong too often, and a mix flickers.
        `bwdif=mode=send_frame:parity=${picture.deinterlace}:deint=all`,
        // It counts in half ticks.
        `settb=${timeBase.numerator}/${timeBase.denominator}`,
      ]
    : []),
];

/**
 * After the cut and where times count from 0: at most one frame in each interval of 1/maxFrameRate s, the first one. The plan knows the
 * same frames (`plan/frame-rate.ts`); doubles are exact here up to 2^53.
 */
export function keptFrames({ maxFrameRate }: Picture, timeBase: Rational): string[] {
  if (maxFrameRate === null) return [];
  const { numerator, denominator } = intervalsPerTick(maxFrameRate, timeBase);
  const interval = (pts: string) => `floor(${pts}*${numerator}/${denominator})`;
  return [`select='isnan(prev_selected_pts)+gt(${interval('pts')},${interval('prev_selected_pts')})'`];
}

/**
 * Transparency over black, once for all sizes and before them: what is under it would bleed into the edges. The multiplier knows the black of
 * limited range; of RGB older builds make something else.
 */
export const opaque = (picture: Picture): string[] =>
  picture.alpha
    ? [
        `scale=flags=${exactColour}${asDecoded(picture)}:out_color_matrix=bt709:out_range=tv`,
        'format=yuva444p12le',
        'premultiply=inplace=1',
      ]
    : [];

/** How pixels are meant behind `opaque`. */
const opaqueColour = { matrix: 'bt709', range: 'limited' } as const;

/** A picture of a size, a pixel format, and colours: scaled, mapped, converted, and turned upright. `lutPath`: the cube of `colourMap`. */
export function upright(picture: Picture, target: Target, lutPath: string | undefined): string[] {
  const { colourMap, rotation } = picture;
  const sideways = rotation === 90 || rotation === 270;
  const size = sideways ? `${target.height}:${target.width}` : `${target.width}:${target.height}`;
  const colour = picture.alpha ? opaqueColour : picture.colour;
  const input = asDecoded({ colour });
  const output = `:out_color_matrix=${matrixName(target.colour.matrix)}:out_range=${rangeName(target.colour.range)}`;
  const plain = colour.matrix !== 'gbr' && matrixName(colour.matrix) === matrixName(target.colour.matrix);
  return [
    ...(colourMap
      ? [
          `scale=${size}:flags=${exactColour}${input}`,
          'format=gbrp16le',
          `lut3d=file=${cubeOf(lutPath)}:interp=tetrahedral`,
          `scale=flags=${exactColour}${output}`,
        ]
      : [`scale=${size}:flags=${plain ? exact : exactColour}${input}${output}`]),
    // Whatever came in (4:4:4, 10 bit): what every decoder of High profile plays.
    `format=${target.pixelFormat}`,
    ...turned(picture),
    // Square pixels, or a player stretches by what the rounding of the sides left over.
    'setsar=1',
  ];
}

/** How the decoder's pixels are meant, as options of a scaler. RGB has no matrix. */
const asDecoded = ({ colour: { matrix, range } }: { colour: Pick<Colour, 'matrix' | 'range'> }): string =>
  matrix === 'gbr' ? '' : `:in_color_matrix=${matrixName(matrix)}:in_range=${rangeName(range)}`;

function turned({ mirrored, rotation }: Picture): string[] {
  const turns = { 0: [], 90: ['transpose=clock'], 180: ['hflip', 'vflip'], 270: ['transpose=cclock'] }[rotation];
  return [...(mirrored ? ['hflip'] : []), ...turns];
}

function cubeOf(lutPath: string | undefined): string {
  if (lutPath === undefined) throw new RangeError('colours are mapped, and there is no file of the map');
  return quoteFilterValue(lutPath);
}

/** swscale's names; what it does not know is read as the standard of high definition. */
function matrixName(matrix: string): string {
  if (['smpte170m', 'bt470bg', 'bt470m'].includes(matrix)) return 'bt601';
  if (['bt2020nc', 'bt2020c', 'ictcp'].includes(matrix)) return 'bt2020';
  return ['fcc', 'smpte240m', 'bt601'].includes(matrix) ? matrix : 'bt709';
}

const rangeName = (range: Colour['range']): string => (range === 'full' ? 'pc' : 'tv');
