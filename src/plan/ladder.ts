import type { Rung } from './encode-plan.ts';
import { h264Level } from './h264-level.ts';
import type { LadderStep, Policy } from './policy.ts';
import { rateBuffer } from './rate-control.ts';

/** The upright picture with square pixels, and its frames per second. */
export interface Picture {
  width: number;
  height: number;
  frameRate: number | null;
}

/**
 * The rungs of a source, lowest first: every step that is not above its short side. A source below the lowest step
 * keeps its own size, and its short side is the rung's name. Nothing is ever made larger than it is.
 */
export function ladderFor(source: Picture, policy: Policy): Rung[] {
  const shortSide = Math.min(source.width, source.height);
  const steps = [...policy.ladder].sort((a, b) => a.height - b.height);
  const fitting = steps.filter((step) => step.height <= shortSide);
  if (fitting.length > 0) return fitting.map((step) => rungOf(source, step, policy));

  const [lowest] = steps;
  if (!lowest) throw new Error(`policy ${policy.name} has no ladder`);
  return [rungOf(source, { ...lowest, height: evenBelow(shortSide) }, policy)];
}

function rungOf(source: Picture, step: LadderStep, policy: Policy): Rung {
  const size = sizeOf(source, step.height);
  return {
    name: `${step.height}p`,
    codec: policy.codec,
    encoder: policy.encoder,
    ...size,
    rateControl: step.rateControl,
    ...(step.rateControl.mode === 'crf' || source.frameRate === null ? {} : { frameRate: source.frameRate }),
    preset: policy.preset,
    profile: 'high',
    level: h264Level({ ...rateBuffer(step.rateControl), ...size, frameRate: source.frameRate }),
  };
}

function sizeOf(source: Picture, shortSide: number): { width: number; height: number } {
  const longSide = evenNear(
    (Math.max(source.width, source.height) * shortSide) / Math.min(source.width, source.height),
  );
  return source.width >= source.height
    ? { width: longSide, height: shortSide }
    : { width: shortSide, height: longSide };
}

/** The nearest even number, at least 2: 4:2:0 halves both sides. */
export const evenNear = (side: number): number => Math.max(2, 2 * Math.round(side / 2));

const evenBelow = (side: number): number => Math.max(2, 2 * Math.floor(side / 2));
