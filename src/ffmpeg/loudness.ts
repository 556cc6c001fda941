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

/** LUFS: below this there is no programme to make louder, only noise. */
export const silenceLufs = -70;

/**
 * How many shapes the sound has: more than one where its channels or its rate change on the way, and the filter graph began anew.
 * (A graph that saw nothing is one that was made from the header, and again from the first frame.)
 */
export const countShapes = (log: string): number =>
  log.match(/(?<=^|\n)\[Parsed_volumedetect_\d+ @ [^\]]*\] n_samples: [1-9]/g)?.length ?? 0;

/** Seconds of sound that came out of `looseGraph`, which leaves holes as they are: its graphs count the samples of two channels. */
export const heardSeconds = (log: string): number =>
  [...log.matchAll(/\bn_samples: (\d+)/g)].reduce((sum, [, samples]) => sum + Number(samples), 0) / 2 / 48_000;

/** The summary that ebur128 with `peak=true` logs at its end; null where no sound came through. */
export function parseLoudness(log: string): Loudness | null {
  // Alone on its line: the same log tells the file's metadata, each behind a colon.
  const summary =
    log
      .split(/\n *Integrated loudness:\r?\n/)
      .slice(1)
      .at(-1) ?? '';
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

/** What sound is brought to. */
export type Target = Pick<AudioPlan, 'targetLufs' | 'truePeakDb'>;

/** One constant gain to the target; silence is left as it is. */
export function levelling(measured: Loudness, target: Target): Levelling {
  if (measured.lufs <= silenceLufs || measured.truePeakDb === null) return { gainDb: 0, ceilingDb: null };
  return withGain(target.targetLufs - measured.lufs, measured, target);
}

/** LU: half of what is promised. */
export const enough = 0.25;

/** The way back from the limiter's rate adds up to 0.4 dB on the hardest signals. */
const limiterMarginDb = 0.5;

/** One gain, with a limiter where the sound's peaks would come too high. */
export function withGain(gain: number, measured: Loudness, { truePeakDb }: Target): Levelling {
  const gainDb = rounded(gain);
  const limit = (measured.truePeakDb ?? -Infinity) + gainDb > truePeakDb;
  return { gainDb, ceilingDb: limit ? truePeakDb - limiterMarginDb : null };
}

/** To hundredths of a dB. */
export const rounded = (decibels: number): number => Math.round(decibels * 100) / 100;
