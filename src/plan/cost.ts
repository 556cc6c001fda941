import type { Rung } from './encode-plan.ts';

/**
 * CPU-seconds per megapixel on one core of 2023, x264 medium with its scaling, for ordinary content: hard content
 * costs up to 2.5 times as much. The plan needs the right order of size, and the same answer on every machine.
 */
export const encodeSecondsPerMegapixel = 0.045;
const decodeSecondsPerMegapixel = 0.006;

/** Pixels that a job decodes and encodes. */
export interface Work {
  frames: number;
  source: { width: number; height: number };
  rungs: readonly Pick<Rung, 'width' | 'height'>[];
}

/** Estimated CPU-seconds of one job: one decode, and an encode per rung. */
export function estimateCpuSeconds({ frames, source, rungs }: Work): number {
  const encoded = rungs.reduce((sum, rung) => sum + megapixels(rung), 0);
  return frames * (encoded * encodeSecondsPerMegapixel + megapixels(source) * decodeSecondsPerMegapixel);
}

const megapixels = ({ width, height }: { width: number; height: number }): number => (width * height) / 1e6;
