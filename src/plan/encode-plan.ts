import { z } from 'zod';
import { pictureSchema } from './picture-schema.ts';
import { rationalSchema } from './probe.ts';
import { cappedCrf, rateControlSchema } from './rate-control.ts';
import { warningSchema } from './warnings.ts';

export const fleetSchema = z.enum(['cpu', 'gpu']);
/** Which machines run an encoder. The encoder decides, see `fleetOf`. */
export type Fleet = z.infer<typeof fleetSchema>;

export const encoderNameSchema = z.enum(['libx264']);
/** An ffmpeg encoder that we have arguments for (`ffmpeg/encoders/<name>.ts`). */
export type EncoderName = z.infer<typeof encoderNameSchema>;

export const codecSchema = z.enum(['h264']);
export type Codec = z.infer<typeof codecSchema>;

const rungFields = {
  /** `720p`: the short side. Unique within a codec. */
  name: z.string(),
  codec: codecSchema,
  encoder: encoderNameSchema,
  width: z.int().positive(),
  height: z.int().positive(),
  preset: z.string(),
  profile: z.string(),
  level: z.string(),
};
export const rungSchema = z.object({
  ...rungFields,
  rateControl: rateControlSchema,
  /** Of the source; told to encoders that hold a rate over time. */
  frameRate: z.number().positive().optional(),
});
export type Rung = z.infer<typeof rungSchema>;

export const segmentSchema = z.object({
  index: z.int().nonnegative(),
  /** The presented frames with `start <= pts < end`, in ticks of the source; `end` is null for the last segment. */
  start: z.int(),
  end: z.int().nullable(),
  /** dts of the last source keyframe at or before `start`: decoding begins there. Null: from the beginning of the file. */
  seek: z.int().nullable(),
  frames: z.int().positive(),
  /** Source ticks of the frames that must be keyframes: the first of every GOP on the output's time grid. */
  keyframes: z.array(z.int()).min(1),
  /** Seconds of a GOP, where there are more keyframes than a command line takes: the segment begins at the source's start. */
  keyframeEvery: z.number().positive().optional(),
  /** sha256 (hex) of the segment's output times, `pts - source start` in source ticks, decimal, joined by commas. */
  timesSha256: z.string(),
});
/** Our unit of encoding: a whole number of media segments. */
export type Segment = z.infer<typeof segmentSchema>;

export const encodeTaskSchema = z.object({
  /** `encode.<codec>.<segment, 4 digits>.<group>`: unique in the run, and the end of the queue's job id. */
  name: z.string(),
  fleet: fleetSchema,
  codec: codecSchema,
  segmentIndex: z.int().nonnegative(),
  /** Names of the rungs that this job makes from one decode. */
  rungs: z.array(z.string()).min(1),
  /** Estimated CPU-seconds, by the cost model. */
  estimatedCpuSeconds: z.number(),
  /** Estimated peak of its process: a worker begins it where so much is free. */
  estimatedMemoryBytes: z.int().positive(),
});
export type EncodeTask = z.infer<typeof encodeTaskSchema>;

/** One sound track of the source, and what is made of it. */
export const audioPlanSchema = z.object({
  streamIndex: z.int().nonnegative(),
  /** BCP 47; null where it is not told. */
  language: z.string().nullable(),
  title: z.string().nullable(),
  isDefault: z.boolean(),
  /** Taken from every audio time, so that sound and picture share one zero. Seconds on the source's clock. */
  startSeconds: z.number(),
  /** The sound is padded or cut to this. */
  durationSeconds: z.number(),
  /** Names are unique in the plan: `aac_128k` of the default track, `aac_128k_2` of the second one … */
  tracks: z.array(z.object({ name: z.string(), codec: z.literal('aac'), bitrateKbps: z.int().positive() })).min(1),
  targetLufs: z.number(),
  truePeakDb: z.number(),
});
export type AudioPlan = z.infer<typeof audioPlanSchema>;

export const thumbnailPlanSchema = z.object({
  /** Seconds from the first presented frame. */
  posterSeconds: z.number(),
  intervalSeconds: z.number().positive(),
  count: z.int().positive(),
  width: z.int().positive(),
  height: z.int().positive(),
  columns: z.int().positive(),
  rows: z.int().positive(),
});
export type ThumbnailPlan = z.infer<typeof thumbnailPlanSchema>;

const planSchema = z.object({
  version: z.literal(3),
  source: z.object({
    key: z.string(),
    demuxer: z.string(),
    /** Of the picture; of sound alone, of its default track. */
    streamIndex: z.int().nonnegative(),
    timeBase: rationalSchema,
    /** Presentation time of the first presented frame, in ticks: the zero of everything that is made. */
    start: z.int(),
    /** That are made: fewer than are presented where the frame rate is capped; 0 of sound alone. */
    frames: z.int().nonnegative(),
    durationSeconds: z.number(),
    frameRate: z.number().nullable(),
    /** True where decoding can begin at a seek; false: at the beginning of the file, for whatever is made of it. */
    seekable: z.boolean(),
  }),
  mediaSegmentSeconds: z.number(),
  /** What is done to every picture before it is scaled. Null, and no rungs, segments, encodes and thumbnails: sound alone. */
  picture: pictureSchema.nullable(),
  rungs: z.array(rungSchema),
  segments: z.array(segmentSchema),
  encodeTasks: z.array(encodeTaskSchema),
  /** The default track first. */
  audio: z.array(audioPlanSchema),
  thumbnails: thumbnailPlanSchema.nullable(),
  /** What the plan does about what was found. */
  warnings: z.array(warningSchema),
});

/** All that will be made of a source. Depends on probe, index and policy alone. */
export type EncodePlan = z.infer<typeof planSchema>;

/** As the version before wrote it, which knew capped CRF alone. */
const oldRungSchema = z
  .object({ ...rungFields, crf: z.number(), maxrateKbps: z.int().positive(), bufsizeKbps: z.int().positive() })
  .transform(({ crf, maxrateKbps, bufsizeKbps, ...rung }) => ({
    ...rung,
    rateControl: cappedCrf(crf, maxrateKbps, bufsizeKbps),
  }));
const oldPlanSchema = planSchema
  .extend({ version: z.literal(2), rungs: z.array(oldRungSchema) })
  .transform((plan): EncodePlan => ({ ...plan, version: 3 }));

/** A run that was planned by the version before goes on: its plan is read as one of this version. */
export const encodePlanSchema = z.union([planSchema, oldPlanSchema]);

/** `h264/720p`: names a rendition in rows, keys and playlists. */
export const renditionName = (rung: Pick<Rung, 'codec' | 'name'>): string => `${rung.codec}/${rung.name}`;
