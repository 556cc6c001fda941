import { z } from 'zod';
import { colourMapSchema } from './picture-colour.ts';
import { colourSchema, rotationSchema } from './probe.ts';

/** What is done to every decoded picture, in this order, before it is scaled to a rung. Encodes and thumbnails do the same. */
export const pictureSchema = z.object({
  /** ffmpeg's name of a decoder that must be asked for: the usual one does not see transparency. */
  decoder: z.string().nullable(),
  /** As decoded first. A later picture of another size is fitted into it. `pixelAspect` is the width of a pixel by its height. */
  size: z.object({ width: z.int().positive(), height: z.int().positive(), pixelAspect: z.number().positive() }),
  /** Made whole out of two fields, the named one first, before the cut: it looks at the frames round it. */
  deinterlace: z.enum(['tff', 'bff']).nullable(),
  /** Left and right are changed; then it is turned clockwise by these degrees. */
  mirrored: z.boolean(),
  rotation: rotationSchema,
  /** Laid over black. */
  alpha: z.boolean(),
  /** How the decoder's pixels are meant. */
  colour: colourSchema,
  /** Colours that no matrix brings to the output: high dynamic range, or a wide gamut. */
  colourMap: colourMapSchema.nullable(),
  /** How the pixels of every rung are meant, and what each stream says of itself. */
  output: colourSchema,
  /** At most one frame in each interval of 1/this s, counted from the first frame: the first one. Null: every frame. */
  maxFrameRate: z.number().positive().nullable(),
});
/** See `pictureSchema`. */
export type Picture = z.infer<typeof pictureSchema>;
