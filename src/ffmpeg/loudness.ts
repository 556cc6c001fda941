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
  limit: boolean;
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
  if (measured.lufs <= silenceLufs || measured.truePeakDb === null) return { gainDb: 0, limit: false };
  return withGain(target.targetLufs - measured.lufs, measured, target);
}

/** What came out of a levelling, LUFS. */
export interface Attempt {
  gainDb: number;
  lufs: number;
}

/** LU. Half of what is promised, since AAC changes a little too. */
const enough = 0.25;
const mostMoreDb = 6;
/** Of a dB more, so much must be heard: else the sound is nothing but peaks, and the rest of it would only become rough. */
const leastEffect = 0.3;

/**
 * The levelling to try next, because the limiter took away from the loudness too; null where the last attempt stands. A second
 * one that hardly helped is taken back. `measured` is the sound before any of it.
 */
export function corrected(attempts: readonly Attempt[], measured: Loudness, target: Target): Levelling | null {
  const [first, second] = attempts;
  if (!first || attempts.length > 2) return null;
  const { gainDb, lufs } = second ?? first;
  const missing = target.targetLufs - lufs;
  if (missing <= enough || lufs <= silenceLufs) return null;
  if (!second) return withGain(first.gainDb + Math.min(missing, mostMoreDb), measured, target);
  const effect = (second.lufs - first.lufs) / (second.gainDb - first.gainDb);
  if (effect < leastEffect) return withGain(first.gainDb, measured, target);
  return withGain(Math.min(gainDb + missing / effect, first.gainDb + mostMoreDb), measured, target);
}

function withGain(gain: number, measured: Loudness, target: Target): Levelling {
  const gainDb = Math.round(gain * 100) / 100;
  return { gainDb, limit: (measured.truePeakDb ?? -Infinity) + gainDb > target.truePeakDb };
}
