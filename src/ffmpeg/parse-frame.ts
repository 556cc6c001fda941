import { z } from 'zod';
import { sideDataSchema } from './parse-streams.ts';

const frameSchema = z.object({
  width: z.int().positive(),
  height: z.int().positive(),
  pix_fmt: z.string().default('unknown'),
  sample_aspect_ratio: z.string().optional(),
  interlaced_frame: z.int().default(0),
  top_field_first: z.int().default(0),
  color_range: z.string().optional(),
  color_space: z.string().optional(),
  color_primaries: z.string().optional(),
  color_transfer: z.string().optional(),
  side_data_list: z.array(sideDataSchema).default([]),
});
/** A decoded picture, as ffprobe describes it. */
export type Frame = z.infer<typeof frameSchema>;

const framesSchema = z.object({ frames: z.array(frameSchema).default([]) });

/** Reads the JSON of `firstFrameArgs`. Null where no picture came out, or none that can be understood. */
export function parseFirstFrame(json: string): Frame | null {
  try {
    return framesSchema.parse(JSON.parse(json)).frames[0] ?? null;
  } catch {
    return null;
  }
}
