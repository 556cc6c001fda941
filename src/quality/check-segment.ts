import { CatalogueError } from '../errors/catalogue-error.ts';
import type { Frame } from '../packaging/cmaf.ts';
import type { Segment } from '../plan/encode-plan.ts';
import type { Rational } from '../plan/probe.ts';
import { timesSha256 } from '../plan/segments.ts';

/** One encoded segment of one rendition, as its fragments tell it: times in ticks of `timescale`. */
export interface EncodedSegment {
  rendition: string;
  timescale: number;
  frames: readonly Frame[];
}

/** What a segment must hold, from the plan. */
export interface PlannedSegment {
  segment: Segment;
  /** Of the source. */
  timeBase: Rational;
  /** Ticks of the source's first presented frame: output times count from it. */
  sourceStart: number;
}

/** Where a checked segment lies, in ticks of the output. */
export interface SegmentSpan {
  startTicks: number;
  /** Where the next segment begins, or the last frame ends. */
  endTicks: number;
}

/**
 * Checks that an encoded segment holds the planned frames, each at its time, with the keyframes where the grid wants
 * them: ffmpeg's exit code proves nothing. Throws ENCODE_FRAMES_MISMATCH or ENCODE_TIMES_MISMATCH.
 */
export function checkSegment(encoded: EncodedSegment, planned: PlannedSegment): SegmentSpan {
  const { segment, timeBase, sourceStart } = planned;
  const place = `${encoded.rendition}, segment ${segment.index}`;
  const facts = { rendition: encoded.rendition, segment: segment.index };

  if (encoded.frames.length !== segment.frames) {
    const found = encoded.frames.length;
    throw new CatalogueError('ENCODE_FRAMES_MISMATCH', `${place}: ${found} of ${segment.frames} frames`, {
      facts: { ...facts, frames: found, plannedFrames: segment.frames },
    });
  }
  if (encoded.timescale !== timeBase.denominator) {
    throw new CatalogueError('ENCODE_TIMES_MISMATCH', `${place}: its clock is not the source's`, {
      facts: { ...facts, timescale: encoded.timescale, plannedTimescale: timeBase.denominator },
    });
  }

  const frames = [...encoded.frames].sort((a, b) => a.pts - b.pts);
  const times = frames.map((frame) => frame.pts / timeBase.numerator);
  if (timesSha256(times) !== segment.timesSha256) {
    throw new CatalogueError('ENCODE_TIMES_MISMATCH', `${place}: frames are not at their times`, {
      facts: { ...facts, first: times[0], plannedFirst: segment.start - sourceStart, last: times.at(-1) },
    });
  }

  const keyframes = frames.filter((frame) => frame.key).map((frame) => frame.pts / timeBase.numerator);
  const plannedKeyframes = segment.keyframes.map((pts) => pts - sourceStart);
  if (keyframes.join() !== plannedKeyframes.join()) {
    throw new CatalogueError('ENCODE_TIMES_MISMATCH', `${place}: keyframes are not on the grid`, {
      facts: { ...facts, keyframes: keyframes.slice(0, 20), plannedKeyframes: plannedKeyframes.slice(0, 20) },
    });
  }
  return spanOf(frames, planned);
}

function spanOf(frames: readonly Frame[], { segment, timeBase, sourceStart }: PlannedSegment): SegmentSpan {
  const first = frames[0];
  const last = frames.at(-1);
  if (!first || !last) throw new RangeError('a segment has at least one frame');
  const endTicks = segment.end === null ? last.pts + last.duration : (segment.end - sourceStart) * timeBase.numerator;
  return { startTicks: first.pts, endTicks };
}
