import { z } from 'zod';
import { checkLadder, checkTimes } from './check-policy.ts';
import { ladderStepSchema } from './ladder-step.ts';
import { encodePresets, standardPolicy, type VideoPolicy } from './policy.ts';

/*
 * A policy as an operator writes it: JSON in snake_case, rates in kbit/s. What is left out is as in the standard one. Unknown fields are refused: a
 * setting that is misspelt would count for nothing, and nobody would know.
 */

const standard = documentOf(standardPolicy);

const codec = z.enum(['h264'], {
  error: ({ input }) =>
    `${typeof input === 'string' ? input.slice(0, 20) : 'it'} is not in this version, which makes h264`,
});

const audioSchema = z.strictObject({
  bitrates_kbps: z
    .array(z.int().min(16).max(512))
    .min(1)
    .max(4)
    .refine((all) => new Set(all).size === all.length, 'names a bitrate twice')
    .default(standard.audio.bitrates_kbps),
  target_lufs: z.number().min(-31).max(-9).default(standard.audio.target_lufs),
  true_peak_db: z.number().min(-9).max(0).default(standard.audio.true_peak_db),
});

const thumbnailsSchema = z.strictObject({
  interval_seconds: z.number().min(0.5).max(60).default(standard.thumbnails.interval_seconds),
  most: z.int().min(1).max(400).default(standard.thumbnails.most),
  width: z.int().min(64).max(480).multipleOf(2).default(standard.thumbnails.width),
  columns: z.int().min(1).max(10).default(standard.thumbnails.columns),
  rows: z.int().min(1).max(10).default(standard.thumbnails.rows),
});

export const policyDocumentSchema = z
  .strictObject({
    codec: codec.default(standard.codec),
    x264_preset: z.enum(encodePresets).default(standard.x264_preset),
    rate_control: z
      .strictObject({ mode: z.enum(['crf', 'vbr', 'cbr']) })
      .default(standard.rate_control)
      .meta({ description: 'What the numbers of the ladder mean.' }),
    ladder: z.array(ladderStepSchema).min(1).max(12).default(standard.ladder),
    media_segment_seconds: z.int().min(2).max(10).default(standard.media_segment_seconds),
    gop_seconds: z.int().min(1).max(10).default(standard.gop_seconds).meta({ description: 'A keyframe this often.' }),
    max_frame_rate: z.number().min(1).max(240).default(standard.max_frame_rate),
    audio: audioSchema.default(standard.audio),
    thumbnails: thumbnailsSchema.default(standard.thumbnails),
    playback: z
      .enum(['public', 'signed'])
      .default('public')
      .meta({ description: 'Whether a URL of its media must be signed.' }),
  })
  .superRefine((policy, context) => {
    for (const { path, message } of [...checkTimes(policy), ...checkLadder(policy)])
      context.addIssue({ code: 'custom', path, message });
  });
export type PolicyDocument = z.infer<typeof policyDocumentSchema>;
export type Playback = PolicyDocument['playback'];

/** A policy in an operator's words. Pure. */
export function documentOf(policy: VideoPolicy) {
  const modes = new Set(policy.ladder.map(({ rateControl }) => rateControl.mode));
  const [mode = 'crf'] = modes;
  return {
    codec: policy.codec,
    x264_preset: policy.preset,
    rate_control: { mode },
    ladder: policy.ladder.map(({ height, rateControl }) => ({
      height,
      ...(rateControl.mode === 'crf' ? { crf: rateControl.crf } : { bitrate_kbps: rateControl.bitrateKbps }),
      ...(rateControl.mode === 'cbr' ? {} : { maxrate_kbps: rateControl.maxrateKbps }),
      bufsize_kbps: rateControl.bufsizeKbps,
    })),
    media_segment_seconds: policy.mediaSegmentSeconds,
    gop_seconds: policy.gopSeconds,
    max_frame_rate: policy.maxFrameRate,
    audio: {
      bitrates_kbps: policy.audio.bitratesKbps,
      target_lufs: policy.audio.targetLufs,
      true_peak_db: policy.audio.truePeakDb,
    },
    thumbnails: {
      interval_seconds: policy.thumbnails.intervalSeconds,
      most: policy.thumbnails.most,
      width: policy.thumbnails.width,
      columns: policy.thumbnails.columns,
      rows: policy.thumbnails.rows,
    },
    playback: policy.playback,
  };
}
