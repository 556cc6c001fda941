import { z } from 'zod';
import { CatalogueError } from '../errors/catalogue-error.ts';

/** ffprobe writes some numbers as text, and what it does not know as `N/A`, or not at all. */
const looseNumber = z
  .union([z.number(), z.string()])
  .optional()
  .transform((value) => (value === undefined || !Number.isFinite(Number(value)) ? null : Number(value)));
const flag = z
  .number()
  .optional()
  .transform((value) => value === 1);

/** What lies beside a stream or a picture, as far as we read it: `side_data_list` of ffprobe. */
export const sideDataSchema = z
  .object({
    side_data_type: z.string(),
    displaymatrix: z.string(),
    /** Counter-clockwise degrees. */
    rotation: looseNumber,
    /** cd/m2, as a fraction */
    max_luminance: z.string(),
    /** cd/m2 */
    max_content: looseNumber,
    dv_profile: looseNumber,
    dv_bl_signal_compatibility_id: looseNumber,
  })
  .partial();
export type SideData = z.infer<typeof sideDataSchema>;

const streamSchema = z.object({
  index: z.int().nonnegative(),
  codec_type: z.string().optional(),
  codec_name: z.string().default('unknown'),
  codec_tag_string: z.string().default(''),
  width: z.int().nonnegative().default(0),
  height: z.int().nonnegative().default(0),
  sample_aspect_ratio: z.string().optional(),
  pix_fmt: z.string().default('unknown'),
  color_range: z.string().optional(),
  color_space: z.string().optional(),
  color_primaries: z.string().optional(),
  color_transfer: z.string().optional(),
  field_order: z.string().default('unknown'),
  time_base: z.string().regex(/^\d+\/\d+$/),
  r_frame_rate: z.string().default('0/0'),
  /** seconds */
  start_time: looseNumber,
  duration: looseNumber,
  nb_frames: looseNumber,
  channels: z.int().nonnegative().default(0),
  sample_rate: looseNumber,
  disposition: z
    .object({
      ...{ attached_pic: flag, default: flag, timed_thumbnails: flag, still_image: flag },
      ...{ comment: flag, hearing_impaired: flag, visual_impaired: flag },
    })
    .partial()
    .default({}),
  tags: z
    .object({
      rotate: looseNumber,
      ...{
        enc_key_id: z.string(),
        DURATION: z.string(),
        alpha_mode: z.string(),
        language: z.string(),
        title: z.string(),
      },
    })
    .partial()
    .default({}),
  side_data_list: z.array(sideDataSchema).default([]),
});
export type Stream = z.infer<typeof streamSchema>;

const fileSchema = z.object({
  format: z.object({
    format_name: z.string(),
    nb_streams: z.int().nonnegative(),
    /** seconds */
    duration: looseNumber,
    /** bit/s */
    bit_rate: looseNumber,
  }),
  streams: z.array(streamSchema).default([]),
});
/** What ffprobe says of a file, its numbers made numbers; null where it does not know. */
export type MediaFile = z.infer<typeof fileSchema>;

/** Reads the JSON of `streamsArgs`. Throws INPUT_DAMAGED where it is not what ffprobe writes of a file. */
export function parseStreams(json: string): MediaFile {
  try {
    return fileSchema.parse(JSON.parse(json));
  } catch (cause) {
    throw new CatalogueError('INPUT_DAMAGED', 'The streams of the file cannot be read.', { cause });
  }
}
