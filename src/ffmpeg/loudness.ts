import type { AudioPlan } from '../plan/encode-plan.ts';

/** What ebur128 measured (EBU R 128). */
export interface Loudness {
  /** Integrated loudness, LUFS; -70 is its floor: nothing was loud enough to count. */
  lufs: number;
  /** dBTP; null where there was nothing but zeros. */
  truePeakDb: number | null;
}

/** What is done to the sound: one gain for all of it, and a limiter where peaks would pass the ceiling. */
export interface Levelling {
  gainDb: number;
  /** No peak passes this, dBTP; null: there is no limiter. */
  ceilingDb: number | null;
}

/** Below this there is no programme to make louder, only noise. */
const silenceLufs = -70;

/**
 * How many shapes the sound has: more than one where its channels or its rate change on the way, and the filter graph began anew.
 * (A graph that saw nothing is one that was made from the header, and again from the first frame.)
 */
export const countShapes = (log: string): number => log.match(/\bn_samples: [1-9]/g)?.length ?? 0;

/** The summary that ebur128 with `peak=true` logs at its end; null where no sound came through. */
export function parseLoudness(log: string): Loudness | null {
  const summary = log.slice(log.lastIndexOf('Integrated loudness:'));
  const integrated = /\bI:\s+(-?[\d.]+|-?inf|nan) LUFS/.exec(summary)?.[1];
  const peak = /True peak:\s+Peak:\s+(-?[\d.]+|-?inf|nan) dBFS/.exec(summary)?.[1];
  if (integrated === undefined || peak === undefined) return null;
  const lufs = Number(integrated);
  const truePeak = Number(peak);
  return {
    lufs: Number.isFinite(lufs) ? lufs : silenceLufs,
    truePeakDb: Number.isFinite(truePeak) ? truePeak : null,
  };
}

type Target = Pick<AudioPlan, 'targetLufs' | 'truePeakDb'>;

/** One constant gain to the target; silence is left as it is. */
export function levelling(measured: Loudness, target: Target): Levelling {
  if (measured.lufs <= silenceLufs || measured.truePeakDb === null) return { gainDb: 0, ceilingDb: null };
  return withGain(target.targetLufs - measured.lufs, measured, target);
}

/** A levelling, and what came out of it, decoded again: the encoder changes both a little. */
export interface Attempt extends Levelling, Loudness {}

/** LU: half of what is promised. */
const enough = 0.25;
const mostMoreDb = 10;
/** Of a dB more, so much must be heard: else the sound is nothing but peaks, and the rest of it would only become rough. */
const leastEffect = 0.2;
const mostAttempts = 5;

/**
 * The levelling to try next, because the limiter took away from the loudness too, or peaks came back in the encoder; null where
 * the last attempt stands. More gain that hardly helped is taken back. `measured` is the sound before any of it.
 */
export function corrected(attempts: readonly Attempt[], measured: Loudness, target: Target): Levelling | null {
  const last = attempts.at(-1);
  if (!last || attempts.length >= mostAttempts || last.lufs <= silenceLufs) return null;
  const tooHigh = (last.truePeakDb ?? -Infinity) - target.truePeakDb;
  const gainDb = correctedGain(attempts, target);
  if (gainDb === last.gainDb && tooHigh <= 0) return null;
  const next = withGain(gainDb, measured, target);
  const ceilingDb = Math.min(last.ceilingDb ?? Infinity, next.ceilingDb ?? Infinity);
  if (tooHigh <= 0) return { ...next, ceilingDb: Number.isFinite(ceilingDb) ? ceilingDb : null };
  const before = Number.isFinite(ceilingDb) ? ceilingDb : target.truePeakDb;
  return { ...next, ceilingDb: round(before - tooHigh - 0.1) };
}

function correctedGain(attempts: readonly Attempt[], { targetLufs }: Target): number {
  const [first] = attempts;
  const last = attempts.at(-1);
  if (!first || !last) return 0;
  const missing = targetLufs - last.lufs;
  if (Math.abs(missing) <= enough) return last.gainDb;
  if (last.ceilingDb === null) return last.gainDb + missing;
  const before = attempts.at(-2);
  const step = before ? last.gainDb - before.gainDb : 0;
  if (!before || step === 0) return last.gainDb + Math.min(missing, mostMoreDb);
  const effect = (last.lufs - before.lufs) / step;
  if (missing < 0) return last.gainDb + missing / Math.max(effect, leastEffect);
  if (step < 0 && effect < leastEffect) return last.gainDb; // more was taken back
  if (effect < leastEffect) return before.gainDb;
  // A limiter gives less for each dB more; what lies below the peaks may come up all at once.
  return Math.min(last.gainDb + Math.min(missing / effect, 3 * missing), first.gainDb + mostMoreDb);
}

/** The way back from the limiter's rate adds up to 0.4 dB on the hardest signals. */
const limiterMarginDb = 0.5;

function withGain(gain: number, measured: Loudness, { truePeakDb }: Target): Levelling {
  const gainDb = round(gain);
  const limit = (measured.truePeakDb ?? -Infinity) + gainDb > truePeakDb;
  return { gainDb, ceilingDb: limit ? truePeakDb - limiterMarginDb : null };
}

const round = (decibels: number): number => Math.round(decibels * 100) / 100;
