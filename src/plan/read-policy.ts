import { z } from 'zod';
import type { LadderStepDocument } from './ladder-step.ts';
import { type LadderStep, standardPolicy, type VideoPolicy } from './policy.ts';
import { type PolicyDocument, policyDocumentSchema } from './policy-document.ts';
import type { RateControl, RateMode } from './rate-control.ts';

/** A policy as it is kept with a video: what it was when the video was made. */
export const keptPolicySchema = z.object({ name: z.string(), definition: policyDocumentSchema });
export type KeptPolicy = z.infer<typeof keptPolicySchema>;

/** What a document says to the plan; what no document names is as in the standard policy. Pure. */
export function readPolicy({ name, definition }: KeptPolicy): VideoPolicy {
  const { audio, thumbnails } = definition;
  return {
    name,
    codec: definition.codec,
    encoder: encoderOf[definition.codec],
    preset: definition.x264_preset,
    ladder: definition.ladder.map((step) => ladderStep(step, definition.rate_control.mode)),
    mediaSegmentSeconds: definition.media_segment_seconds,
    gopSeconds: definition.gop_seconds,
    maxFrameRate: definition.max_frame_rate,
    audio: {
      bitratesKbps: audio.bitrates_kbps,
      targetLufs: audio.target_lufs,
      truePeakDb: audio.true_peak_db,
      mostTracks: standardPolicy.audio.mostTracks,
    },
    thumbnails: {
      intervalSeconds: thumbnails.interval_seconds,
      most: thumbnails.most,
      width: thumbnails.width,
      columns: thumbnails.columns,
      rows: thumbnails.rows,
    },
    playback: definition.playback,
  };
}

const encoderOf = { h264: 'libx264' } as const satisfies Record<PolicyDocument['codec'], VideoPolicy['encoder']>;

const ladderStep = (step: LadderStepDocument, mode: RateMode): LadderStep => ({
  height: step.height,
  rateControl: rateControl(step, mode),
});

function rateControl(step: LadderStepDocument, mode: RateMode): RateControl {
  const { bufsize_kbps: bufsizeKbps } = step;
  const need = (field: 'crf' | 'bitrate_kbps' | 'maxrate_kbps'): number => {
    const value = step[field];
    if (value === undefined) throw new RangeError(`${mode} without ${field}`); // the schema has refused it
    return value;
  };
  switch (mode) {
    case 'crf':
      return { mode, crf: need('crf'), maxrateKbps: need('maxrate_kbps'), bufsizeKbps };
    case 'vbr':
      return { mode, bitrateKbps: need('bitrate_kbps'), maxrateKbps: need('maxrate_kbps'), bufsizeKbps };
    case 'cbr':
      return { mode, bitrateKbps: need('bitrate_kbps'), bufsizeKbps };
    default:
      return mode satisfies never;
  }
}
