import type { Rational } from './probe.ts';

/** Ticks as seconds: for people, and for what needs no exactness. */
export const toSeconds = (ticks: number, timeBase: Rational): number =>
  (ticks * timeBase.numerator) / timeBase.denominator;

/**
 * Number of the grid interval that holds a time: `floor(ticks / step)`, exact. `ticks` counts from the grid's zero and
 * is not negative; the step is in seconds, exact to the millisecond. Floats fail here above 100 frames a second.
 */
export function gridInterval(ticks: number, timeBase: Rational, stepSeconds: number): number {
  const stepMs = BigInt(Math.round(stepSeconds * 1_000));
  return Number((BigInt(ticks) * BigInt(timeBase.numerator) * 1_000n) / (BigInt(timeBase.denominator) * stepMs));
}

/** The first tick of a grid interval: the smallest whole number of ticks that is not before `interval x step`. */
export function gridStart(interval: number, timeBase: Rational, stepSeconds: number): number {
  const dividend = BigInt(interval) * BigInt(Math.round(stepSeconds * 1_000)) * BigInt(timeBase.denominator);
  return Number(ceilingDivision(dividend, BigInt(timeBase.numerator) * 1_000n));
}

/** Ticks as decimal seconds with six digits (ffmpeg counts microseconds), rounded towards one side on purpose. */
export function decimalSeconds(ticks: number, timeBase: Rational, rounding: 'down' | 'up'): string {
  const dividend = BigInt(ticks) * BigInt(timeBase.numerator) * 1_000_000n;
  const divisor = BigInt(timeBase.denominator);
  const microseconds = rounding === 'up' ? ceilingDivision(dividend, divisor) : floorDivision(dividend, divisor);
  const digits = (microseconds < 0n ? -microseconds : microseconds).toString().padStart(7, '0');
  return `${microseconds < 0n ? '-' : ''}${digits.slice(0, -6)}.${digits.slice(-6)}`;
}

const ceilingDivision = (dividend: bigint, divisor: bigint): bigint => -floorDivision(-dividend, divisor);

function floorDivision(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  return dividend % divisor < 0n ? quotient - 1n : quotient;
}
