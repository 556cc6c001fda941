import type { Rational } from './probe.ts';

/**
 * What one demux pass tells of the chosen video stream. All times are ticks of `timeBase`, on the source's own clock, and below
 * `mostTick`. Eight bytes a frame, whatever the length; stored by `index-bytes.ts`.
 */
export interface SourceIndex {
  timeBase: Rational;
  /** False where packet times are missing, repeated or run backwards: then `presented` comes from a decode pass. */
  trustworthy: boolean;
  /** Presentation times of every frame that a player shows, ascending; the first one is the source's `start`. */
  presented: Float64Array;
  /** End of the last presented frame. */
  end: number;
  /** Places where decoding can begin, ascending by pts; the dts of each is what a seek must aim at. */
  keyframes: { pts: Float64Array; dts: Float64Array };
}

/** No tick is this large, nor its negative: the difference of two is still a whole number that is exact. */
export const mostTick = 2 ** 51;

/** The index of these times; both lists of keyframes are of one length. Throws RangeError where there is no frame. */
export function sourceIndex(index: {
  timeBase: Rational;
  trustworthy: boolean;
  presented: ArrayLike<number>;
  end: number;
  keyframes: { pts: ArrayLike<number>; dts: ArrayLike<number> };
}): SourceIndex {
  if (index.presented.length === 0) throw new RangeError('an index has at least one frame');
  if (index.keyframes.pts.length !== index.keyframes.dts.length) throw new RangeError('a keyframe has two times');
  return {
    timeBase: index.timeBase,
    trustworthy: index.trustworthy,
    presented: Float64Array.from(index.presented),
    end: index.end,
    keyframes: { pts: Float64Array.from(index.keyframes.pts), dts: Float64Array.from(index.keyframes.dts) },
  };
}
