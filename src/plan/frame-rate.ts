import type { Rational } from './probe.ts';
import type { SourceIndex } from './source-index.ts';
import { tickList } from './tick-list.ts';

/**
 * How many intervals of `1/maxFrameRate` a tick is, as a fraction in lowest terms: frame rates are exact to a thousandth. A filter that counts
 * `floor(pts * numerator / denominator)` from the first frame is exact in doubles, as long as the product stays below 2^53.
 */
export function intervalsPerTick(maxFrameRate: number, timeBase: Rational): Rational {
  const numerator = BigInt(timeBase.numerator) * BigInt(Math.round(maxFrameRate * 1_000));
  const denominator = BigInt(timeBase.denominator) * 1_000n;
  const divisor = greatestDivisor(numerator, denominator);
  return { numerator: Number(numerator / divisor), denominator: Number(denominator / divisor) };
}

/**
 * The frames that are made of a source: the first one in each interval of `1/maxFrameRate` seconds, counted from the first presented
 * frame. A frame is kept iff its interval is a later one than that of the frame kept before it. Null keeps all.
 */
export function framesToMake({ presented, timeBase }: SourceIndex, maxFrameRate: number | null): Float64Array {
  if (maxFrameRate === null) return presented;
  const { numerator, denominator } = intervalsPerTick(maxFrameRate, timeBase);
  const [zero = 0] = presented;
  const kept = tickList();
  let last = -1n;
  for (const pts of presented) {
    const interval = (BigInt(pts - zero) * BigInt(numerator)) / BigInt(denominator);
    if (interval <= last) continue;
    kept.push(pts);
    last = interval;
  }
  return kept.toArray();
}

const greatestDivisor = (a: bigint, b: bigint): bigint => (b === 0n ? a : greatestDivisor(b, a % b));
