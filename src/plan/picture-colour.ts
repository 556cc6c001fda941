import { z } from 'zod';
import type { Colour, ProbedVideo } from './probe.ts';

/** Raised with every change of the formulas in `ffmpeg/colour-map.ts`: other bytes come out, so nothing made before is taken over. */
const version = z.literal(1);

/** Colours that no matrix brings to the output. `peakNits` is the brightest light of the source, cd/m2. */
export const colourMapSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.enum(['pq', 'hlg']), primaries: z.string(), peakNits: z.number().positive(), version }),
  z.object({ kind: z.literal('gamut'), primaries: z.string(), transfer: z.string(), version }),
]);
export type ColourMap = z.infer<typeof colourMapSchema>;

/** Primaries so near to BT.709's that they are kept, and signalled: conversion would cost more than it gives. */
const keptPrimaries = ['bt709', 'smpte170m', 'bt470bg', 'smpte240m'];

/** Curves that are not a camera's usual one: what they mean is converted. */
const convertedTransfers = ['linear', 'log100', 'log316', 'smpte428'];

/**
 * What is done to the colours of a source: the matrix and the range of the output are always BT.709's and limited. A standard gamut and
 * curve keep their code values: primaries of standard definition and the curve of sRGB are signalled as they are, the curves of old
 * television (BT.601, BT.470) are shown like BT.709's by everybody and signalled as it. All else is mapped, and is BT.709 then.
 */
export function planColour({ colour, hdr }: Pick<ProbedVideo, 'colour' | 'hdr'>): {
  colour: Colour;
  colourMap: ColourMap | null;
  output: Colour;
} {
  const { primaries, transfer } = colour;
  const output: Colour = { primaries: 'bt709', transfer: 'bt709', matrix: 'bt709', range: 'limited' };
  if (hdr) {
    const colourMap: ColourMap = { kind: hdr.transfer, primaries, peakNits: hdr.peakNits, version: 1 };
    return { colour, colourMap, output };
  }
  if (!keptPrimaries.includes(primaries) || convertedTransfers.includes(transfer)) {
    return { colour, colourMap: { kind: 'gamut', primaries, transfer, version: 1 }, output };
  }
  const kept = transfer === 'iec61966-2-1' ? transfer : 'bt709';
  return { colour, colourMap: null, output: { ...output, primaries, transfer: kept } };
}
