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

/** One constant gain to the target; silence is left as it is. */
export function levelling(measured: Loudness, target: Pick<AudioPlan, 'targetLufs' | 'truePeakDb'>): Levelling {
  if (measured.lufs <= silenceLufs || measured.truePeakDb === null) return { gainDb: 0, limit: false };
  const gainDb = Math.round((target.targetLufs - measured.lufs) * 100) / 100;
  return { gainDb, limit: measured.truePeakDb + gainDb > target.truePeakDb };
}
