import { enough, type Levelling, type Loudness, rounded, silenceLufs, type Target, withGain } from './loudness.ts';

/** A levelling, and what came out of it, decoded again: the encoder changes both a little. */
export interface Attempt extends Levelling, Loudness {}

type Limited = Attempt & { ceilingDb: number };

const mostMoreDb = 10;
/** LU: so near to the target more gain is tried even where little of it is heard. */
const closeLu = 1.25;
/** Of a dB more, so much must be heard: else the sound is nothing but peaks, and the rest of it would only become rough. */
const leastEffect = 0.2;
const mostAttempts = 5;
/** dB by which peaks of the same sound differ from make to make, where its gain is changed too. */
const unsteadyDb = 0.3;
/** dB of more gain from which on its effect can be told: loudness is measured in tenths. */
const tellingStepDb = 0.5;

/**
 * The levelling to try next, because the limiter took away from the loudness too, or peaks came back in the encoder; null where
 * nothing more is to be won. What was made best so far is for `best` to say. `measured` is the sound before any of it.
 */
export function corrected(attempts: readonly Attempt[], measured: Loudness, target: Target): Levelling | null {
  const last = attempts.at(-1);
  if (!last || attempts.length >= mostAttempts || last.lufs <= silenceLufs) return null;
  const missing = target.targetLufs - last.lufs;
  if (Math.abs(missing) <= enough && headroom(last, target) >= 0) return null;
  const saturated = missing > enough && nothingButPeaks(attempts);
  const held = attempts[best(attempts, measured, target)];
  if (saturated && held && isPromised(held, target)) return null;
  const next =
    saturated && missing > closeLu
      ? atAnotherCeiling(attempts, measured, target)
      : atAnotherGain(attempts, measured, target);
  if (!next) return null;
  const tried = attempts.some((one) => one.gainDb === next.gainDb && one.ceilingDb === next.ceilingDb);
  return tried ? null : next;
}

/**
 * The place of the best attempt: peaks within the limit before all, then loudness within `promisedLu`, then what is nearest to the target.
 * Peaks pushed further down must have been worth it.
 */
export function best(attempts: readonly Attempt[], measured: Loudness, target: Target): number {
  const faults = attempts.map((attempt) => {
    const away = Math.abs(target.targetLufs - attempt.lufs);
    const ceiling = attempt.ceilingDb ?? Infinity;
    const pushedDb = Math.max(0, (measured.truePeakDb ?? -Infinity) + attempt.gainDb - ceiling);
    const tooHigh = Math.max(0, -headroom(attempt, target));
    return [tooHigh, away <= promisedLu ? 0 : 1, away + leastEffect * pushedDb];
  });
  return faults.reduce((place, fault, at) => (isLess(fault, faults[place] ?? []) ? at : place), 0);
}

/** LU from the target. */
const promisedLu = 0.5;

const isPromised = (attempt: Attempt, target: Target): boolean =>
  headroom(attempt, target) >= 0 && Math.abs(target.targetLufs - attempt.lufs) <= promisedLu;

function isLess(one: readonly number[], other: readonly number[]): boolean {
  const at = one.findIndex((value, position) => Math.abs(value - (other[position] ?? Infinity)) > 1e-6);
  return at >= 0 && (one[at] ?? 0) < (other[at] ?? Infinity);
}

function atAnotherGain(attempts: readonly Attempt[], measured: Loudness, target: Target): Levelling | null {
  const last = attempts.at(-1);
  if (!last) return null;
  const room = headroom(last, target);
  const missing = target.targetLufs - last.lufs;
  if (!isLimited(last)) {
    const next = withGain(last.gainDb + (Math.abs(missing) <= enough ? 0 : missing), measured, target);
    if (room >= 0) return next;
    return { ...next, ceilingDb: rounded(Math.min(next.ceilingDb ?? Infinity, target.truePeakDb + room - 0.1)) };
  }
  const higher = missing > enough ? Math.min(Math.max(0, room - unsteadyDb), target.truePeakDb - last.ceilingDb) : 0;
  // With one in hand whose peaks are within the limit, less will do: the encoder lets some come higher and some not.
  const inHand = attempts.some((one) => headroom(one, target) >= 0);
  const lower = inHand ? Math.max(room - 0.1, -0.25) : room - 0.1;
  const ceilingDb = rounded(last.ceilingDb + (room < 0 ? lower : higher));
  return { gainDb: rounded(gainAt(ceilingDb, last, attempts, target)), ceilingDb };
}

/**
 * Gain and ceiling moved by the same dB move the loudness by as much; so what the gain does is told against the ceiling, whatever
 * became of that.
 */
function gainAt(ceilingDb: number, last: Limited, attempts: readonly Attempt[], { targetLufs }: Target): number {
  const missing = targetLufs - last.lufs;
  if (Math.abs(missing) <= enough) return last.gainDb;
  const before = attempts.at(-2);
  const effect = before ? effectBetween(before, last) : null;
  if (effect === null) return last.gainDb + Math.min(missing, mostMoreDb);
  if (missing < 0) return last.gainDb + missing / Math.max(effect, leastEffect);
  const moved = ceilingDb - last.ceilingDb;
  const wanted = Math.max(0, missing - moved);
  // A limiter gives less for each dB more; what lies below the peaks may come up all at once.
  const gainDb = last.gainDb + moved + Math.min(wanted / Math.max(effect, leastEffect), 3 * wanted);
  return Math.min(gainDb, (attempts[0]?.gainDb ?? gainDb) + mostMoreDb);
}

/** More gain is no use: the best attempt with all of it moved up to where its peaks may be, if that is worth a make. */
function atAnotherCeiling(attempts: readonly Attempt[], measured: Loudness, target: Target): Levelling | null {
  const from = attempts[best(attempts, measured, target)];
  if (!from || !isLimited(from)) return null;
  const refused = attempts.filter(isLimited).filter((one) => headroom(one, target) < 0);
  const highest = refused.map((one) => one.ceilingDb + headroom(one, target) - 0.1);
  const ceilingDb = Math.min(from.ceilingDb + headroom(from, target), target.truePeakDb, ...highest);
  const moved = rounded(ceilingDb - from.ceilingDb);
  const missing = target.targetLufs - from.lufs;
  if (moved >= 0 && (moved < 0.1 || (moved < enough && missing - moved > promisedLu))) return null;
  return { gainDb: rounded(from.gainDb + moved), ceilingDb: rounded(ceilingDb) };
}

/** More gain was tried, and little of it was heard. */
function nothingButPeaks(attempts: readonly Attempt[]): boolean {
  return attempts.some((attempt, at) => {
    const effects = attempts.slice(0, at).map((before) => effectBetween(before, attempt));
    return (effects.findLast((effect) => effect !== null) ?? 1) < leastEffect;
  });
}

/** LU for each dB of gain, as if the ceiling were the same; null where it cannot be told. */
function effectBetween(one: Attempt, other: Attempt): number | null {
  if (!isLimited(one) || !isLimited(other)) return null;
  const step = other.gainDb - other.ceilingDb - (one.gainDb - one.ceilingDb);
  if (Math.abs(step) < tellingStepDb) return null;
  return (other.lufs - other.ceilingDb - (one.lufs - one.ceilingDb)) / step;
}

const isLimited = (attempt: Attempt): attempt is Limited => attempt.ceilingDb !== null;

/** By how much peaks may still rise, dB; negative where they are too high. */
const headroom = ({ truePeakDb }: Loudness, target: Target): number =>
  truePeakDb === null ? 0 : rounded(target.truePeakDb - truePeakDb);
