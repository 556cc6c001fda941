import type { Codec, EncoderName } from './encode-plan.ts';

/** One step of a ladder: `height` is the short side of the picture. */
export interface LadderStep {
  height: number;
  crf: number;
  maxrateKbps: number;
  bufsizeKbps: number;
}

/** What the operator wants of every video of a preset. */
export interface Policy {
  name: string;
  codec: Codec;
  encoder: EncoderName;
  preset: string;
  ladder: LadderStep[];
  mediaSegmentSeconds: number;
  gopSeconds: number;
  /** A job is cut off from its group where it would pass this (CPU-seconds). */
  jobCpuSeconds: number;
  /** And where it would pass this; one rung alone may. */
  jobMemoryBytes: number;
  maxFrameRate: number;
  /** Sound without a picture: refused (INPUT_NO_VIDEO), or published as sound alone. */
  audioOnly: 'refuse' | 'publish';
  /** More than 0.5 % of the source is missing: refused (INPUT_DAMAGED, INPUT_TRUNCATED), or what is there is published, with a warning. */
  onDamage: 'refuse' | 'publish';
  audio: { bitratesKbps: number[]; targetLufs: number; truePeakDb: number; mostTracks: number };
  thumbnails: { intervalSeconds: number; most: number; width: number; columns: number; rows: number };
}

/** H.264 for every upload. 720p is the reference point of the user's requirements; the other rungs are tuned to it. */
export const standardPolicy: Policy = {
  name: 'standard',
  codec: 'h264',
  encoder: 'libx264',
  preset: 'medium',
  ladder: [
    { height: 240, crf: 23, maxrateKbps: 400, bufsizeKbps: 800 },
    { height: 360, crf: 23, maxrateKbps: 800, bufsizeKbps: 1_600 },
    { height: 480, crf: 23, maxrateKbps: 1_400, bufsizeKbps: 2_800 },
    { height: 720, crf: 23, maxrateKbps: 3_000, bufsizeKbps: 6_000 },
    { height: 1080, crf: 23, maxrateKbps: 5_000, bufsizeKbps: 10_000 },
    { height: 2160, crf: 23, maxrateKbps: 16_000, bufsizeKbps: 32_000 },
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
};
