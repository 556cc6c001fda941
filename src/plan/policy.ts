import type { Codec, EncoderName } from './encode-plan.ts';
import { cappedCrf, type RateControl } from './rate-control.ts';

/** Presets of x264 that a policy may ask for; `placebo` is for nobody. */
export const encodePresets = [
  'ultrafast',
  'superfast',
  'veryfast',
  'faster',
  'fast',
  'medium',
  'slow',
  'slower',
  'veryslow',
] as const;
export type EncodePreset = (typeof encodePresets)[number];

/** One step of a ladder: `height` is the short side of the picture. */
export interface LadderStep {
  height: number;
  rateControl: RateControl;
}

/** What the operator wants of every video of a preset: it is kept with each video as it was when the video was made. */
export interface VideoPolicy {
  name: string;
  codec: Codec;
  encoder: EncoderName;
  preset: EncodePreset;
  ladder: LadderStep[];
  mediaSegmentSeconds: number;
  gopSeconds: number;
  maxFrameRate: number;
  audio: { bitratesKbps: number[]; targetLufs: number; truePeakDb: number; mostTracks: number };
  thumbnails: { intervalSeconds: number; most: number; width: number; columns: number; rows: number };
  /** Whether a URL of its media must be signed. */
  playback: 'public' | 'signed';
}

/** What the operator decides for all videos of a machine, by its settings. */
export interface OperatorPolicy {
  /** A job is cut off from its group where it would pass this (CPU-seconds). */
  jobCpuSeconds: number;
  /** And where it would pass this; one rung alone may. */
  jobMemoryBytes: number;
  /** Sound without a picture: refused (INPUT_NO_VIDEO), or published as sound alone. */
  audioOnly: 'refuse' | 'publish';
  /** More than 0.5 % of the source is missing: refused (INPUT_DAMAGED, INPUT_TRUNCATED), or what is there is published, with a warning. */
  onDamage: 'refuse' | 'publish';
}

export type Policy = VideoPolicy & OperatorPolicy;

/** A video's own policy under what a machine's operator decides; `chosen` null: the one that the machine has for all. Pure. */
export const policyOf = (machine: Policy, chosen: VideoPolicy | null): Policy =>
  chosen === null ? machine : { ...machine, ...chosen };

/** H.264 for every upload. 720p is the reference point of the user's requirements; the other rungs are tuned to it. */
export const standardPolicy: Policy = {
  name: 'standard',
  codec: 'h264',
  encoder: 'libx264',
  preset: 'medium',
  ladder: [
    { height: 240, rateControl: cappedCrf(23, 400, 800) },
    { height: 360, rateControl: cappedCrf(23, 800, 1_600) },
    { height: 480, rateControl: cappedCrf(23, 1_400, 2_800) },
    { height: 720, rateControl: cappedCrf(23, 3_000, 6_000) },
    { height: 1080, rateControl: cappedCrf(23, 5_000, 10_000) },
    { height: 2160, rateControl: cappedCrf(23, 16_000, 32_000) },
  ],
  mediaSegmentSeconds: 4,
  gopSeconds: 2,
  jobCpuSeconds: 15,
  jobMemoryBytes: 2 ** 30,
  maxFrameRate: 240,
  audioOnly: 'refuse',
  onDamage: 'refuse',
  audio: { bitratesKbps: [128, 64], targetLufs: -16, truePeakDb: -1.5, mostTracks: 8 },
  thumbnails: { intervalSeconds: 2, most: 100, width: 160, columns: 10, rows: 10 },
  playback: 'public',
};
