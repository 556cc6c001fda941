import { z } from 'zod';
import { warningSchema } from './warnings.ts';

/** Seconds per tick, as a fraction: 1/90000 for MPEG-TS. */
export const rationalSchema = z.object({ numerator: z.int().positive(), denominator: z.int().positive() });
export type Rational = z.infer<typeof rationalSchema>;

/** How pixels are meant, in ffmpeg's names (ITU-T H.273): `bt709`, `smpte170m`, `smpte2084`, `gbr` … Never "unknown": the probe decides. */
export const colourSchema = z.object({
  primaries: z.string(),
  transfer: z.string(),
  matrix: z.string(),
  range: z.enum(['limited', 'full']),
});
export type Colour = z.infer<typeof colourSchema>;

/** Degrees, clockwise. */
export const rotationSchema = z.union([z.literal(0), z.literal(90), z.literal(180), z.literal(270)]);

const videoSchema = z.object({
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
  rotation: rotationSchema,
  /** Left and right are changed before it is turned. */
  mirrored: z.boolean(),
  pixelFormat: z.string(),
  colour: colourSchema,
  /** High dynamic range, and the brightest light in it (cd/m2); null for standard dynamic range. */
  hdr: z.object({ transfer: z.enum(['pq', 'hlg']), peakNits: z.number().positive() }).nullable(),
  alpha: z.boolean(),
  /** Whole pictures, or two fields a frame: the top or the bottom one first. */
  scan: z.enum(['progressive', 'tff', 'bff']),
  timeBase: rationalSchema,
  /** Average frames per second; null where it cannot be told (one frame). */
  frameRate: z.number().positive().nullable(),
});

const audioSchema = z.object({
  streamIndex: z.int().nonnegative(),
  codec: z.string(),
  channels: z.int().positive(),
  sampleRate: z.int().positive(),
  /** BCP 47; null where it is not told. */
  language: z.string().nullable(),
  title: z.string().nullable(),
  /** What plays where nobody chooses: exactly one of the tracks. */
  isDefault: z.boolean(),
});

/** Raised with each change of what a probe finds or of what its index looks like: nobody takes over an older one. */
export const probeVersion = 2;

/** What we know of a source after the probe. Sizes are of the upright picture with square pixels. */
export const probeSchema = z.object({
  version: z.literal(probeVersion),
  /** ffprobe's format name, e.g. `mov,mp4,m4a,3gp,3g2,mj2`. */
  format: z.string(),
  bytes: z.int().nonnegative(),
  /** Where everything that is made begins, on the source's clock: the first presented frame; of sound alone, its first sample. */
  startSeconds: z.number(),
  /** From there to the end of the last frame, or of the sound. */
  durationSeconds: z.number().nonnegative(),
  bitrateKbps: z.int().nonnegative().nullable(),
  /** Null: sound alone, which the policy publishes. */
  video: videoSchema.nullable(),
  /** Every track that is made, the default one first. */
  audio: z.array(audioSchema),
  /** What encodes open: the original, or a remux of it that was made once because its container has no index. */
  source: z.object({
    key: z.string(),
    /** ffmpeg's name of the demuxer to pin. */
    demuxer: z.string(),
    remuxed: z.boolean(),
  }),
  /** All of the picture was decoded to make the index: it holds what can be shown, and no second look would find more. */
  decoded: z.boolean().optional(),
  /** Object that holds the SourceIndex; null where there is no video. */
  indexKey: z.string().nullable(),
  warnings: z.array(warningSchema),
});
export type Probe = z.infer<typeof probeSchema>;
export type ProbedVideo = z.infer<typeof videoSchema>;
export type ProbedAudio = z.infer<typeof audioSchema>;
