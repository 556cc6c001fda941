import { z } from 'zod';

/** Seconds per tick, as a fraction: 1/90000 for MPEG-TS. */
export const rationalSchema = z.object({ numerator: z.int().positive(), denominator: z.int().positive() });
export type Rational = z.infer<typeof rationalSchema>;

export const warningSchema = z.object({ code: z.string(), detail: z.string() });
/** Something found in a source that did not stop it: a stable code in snake_case, and a sentence for its creator. */
export type Warning = z.infer<typeof warningSchema>;

/** What we know of a source after the probe. Sizes are of the upright picture with square pixels. */
export const probeSchema = z.object({
  version: z.literal(1),
  /** ffprobe's format name, e.g. `mov,mp4,m4a,3gp,3g2,mj2`. */
  format: z.string(),
  bytes: z.int().nonnegative(),
  /** From the first presented frame to the end of the last one. */
  durationSeconds: z.number().nonnegative(),
  bitrateKbps: z.int().nonnegative().nullable(),
  video: z.object({
    /** Index of the stream in the file that encodes read. */
    streamIndex: z.int().nonnegative(),
    codec: z.string(),
    /** As stored, before rotation and pixel aspect. */
    codedWidth: z.int().positive(),
    codedHeight: z.int().positive(),
    /** As displayed: rotated, square pixels. */
    width: z.int().positive(),
    height: z.int().positive(),
    /** Clockwise degrees that a player turns the coded picture: 0, 90, 180 or 270. */
    rotation: z.union([z.literal(0), z.literal(90), z.literal(180), z.literal(270)]),
    pixelFormat: z.string(),
    timeBase: rationalSchema,
    /** Average frames per second; null where it cannot be told (one frame). */
    frameRate: z.number().positive().nullable(),
  }),
  audio: z
    .object({
      streamIndex: z.int().nonnegative(),
      codec: z.string(),
      channels: z.int().positive(),
      sampleRate: z.int().positive(),
    })
    .nullable(),
  /** What encodes open: the original, or a remux of it that was made once because its container has no index. */
  source: z.object({
    key: z.string(),
    /** ffmpeg's name of the demuxer to pin. */
    demuxer: z.string(),
    remuxed: z.boolean(),
  }),
  /** Object that holds the SourceIndex as JSON. */
  indexKey: z.string(),
  warnings: z.array(warningSchema),
});
export type Probe = z.infer<typeof probeSchema>;
