import { z } from 'zod';
import type { Policy } from './policy.ts';
import { colourSchema, type ProbedVideo } from './probe.ts';
import { type Warning, warn } from './warnings.ts';

/** What is done to every decoded picture, in this order, before it is scaled to a rung. Encodes and thumbnails do the same. */
export const pictureSchema = z.object({
  /** Made whole out of two fields, the named one first, before the cut: it looks at the frames round it. */
  deinterlace: z.enum(['tff', 'bff']).nullable(),
  /** Left and right are changed; then it is turned clockwise by these degrees. */
  mirrored: z.boolean(),
  rotation: z.union([z.literal(0), z.literal(90), z.literal(180), z.literal(270)]),
  /** Laid over black. */
  alpha: z.boolean(),
  /** How the decoder's pixels are meant. */
  colour: colourSchema,
  /** Colours that no matrix brings to the output: high dynamic range (`peakNits` is the brightest light, cd/m2), or a wide gamut. */
  colourMap: z
    .discriminatedUnion('kind', [
      z.object({ kind: z.enum(['pq', 'hlg']), peakNits: z.number().positive() }),
      z.object({ kind: z.literal('gamut') }),
    ])
    .nullable(),
  /** How the pixels of every rung are meant, and what each stream says of itself. */
  output: colourSchema,
  /** At most one frame in each interval of 1/this s, counted from the first frame: the first one. Null: every frame. */
  maxFrameRate: z.number().positive().nullable(),
});
/** See `pictureSchema`. */
export type Picture = z.infer<typeof pictureSchema>;

/** Decides what is done to the pictures of a source, and says it for the report. Pure. */
export function planPicture(
  video: ProbedVideo,
  policy: Pick<Policy, 'maxFrameRate'>,
): { picture: Picture; warnings: Warning[] } {
  const warnings: Warning[] = [];
  const capped = video.frameRate !== null && video.frameRate > policy.maxFrameRate * rateTolerance;
  if (video.rotation !== 0) warnings.push(warn('rotated', `The picture is turned by ${video.rotation}°.`));
  return {
    picture: {
      deinterlace: video.scan === 'progressive' ? null : video.scan,
      mirrored: video.mirrored,
      rotation: video.rotation,
      alpha: video.alpha,
      colour: video.colour,
      colourMap: video.hdr && { kind: video.hdr.transfer, peakNits: video.hdr.peakNits },
      output: { primaries: 'bt709', transfer: 'bt709', matrix: 'bt709', range: 'limited' },
      maxFrameRate: capped ? policy.maxFrameRate : null,
    },
    warnings,
  };
}

/** A rate is measured from times that are rounded. */
const rateTolerance = 1.01;
