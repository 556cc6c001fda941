import { createHash } from 'node:crypto';
import { CatalogueError } from '../errors/catalogue-error.ts';
import type { Frame } from '../packaging/cmaf.ts';
import type { Segment } from '../plan/encode-plan.ts';
import type { Rational } from '../plan/probe.ts';
import { toSeconds } from '../plan/ticks.ts';

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

/** A segment on its way through the check: only its last group of pictures is in memory. */
export interface SegmentCheck {
  /** Takes frames in decode order. */
  add(frames: Iterable<Frame>): void;
  /** Throws ENCODE_FRAMES_MISMATCH or ENCODE_TIMES_MISMATCH. */
  end(): SegmentSpan;
}

/**
 * Checks that an encoded segment holds the planned frames, each at its time, with the keyframes where the grid wants
 * them: ffmpeg's exit code proves nothing. Throws ENCODE_FRAMES_MISMATCH or ENCODE_TIMES_MISMATCH.
 */
export function checkSegment({ frames, ...track }: EncodedSegment, planned: PlannedSegment): SegmentSpan {
  const check = segmentCheck(track, planned);
  check.add(frames);
  return check.end();
}

/** As `checkSegment`, for frames that come piece by piece. What is shown before a keyframe must come before it. */
export function segmentCheck(
  { rendition, timescale }: Omit<EncodedSegment, 'frames'>,
  { segment, timeBase, sourceStart }: PlannedSegment,
): SegmentCheck {
  const place = `${rendition}, segment ${segment.index}`;
  const facts = { rendition, segment: segment.index };
  const times = createHash('sha256');
  const keyframes: number[] = [];
  let group: Frame[] = [];
  let count = 0;
  let first: Frame | undefined;
  let last: Frame | undefined;

  const seconds = (ticks: number) => `${toSeconds(ticks, timeBase).toFixed(3)} s`;

  function endGroup(): void {
    for (const frame of group.sort((a, b) => a.pts - b.pts)) {
      times.update(`${first ? ',' : ''}${frame.pts / timeBase.numerator}`); // as `timesSha256` has it
      if (frame.key) keyframes.push(frame.pts / timeBase.numerator);
      first ??= frame;
      last = frame;
    }
    group = [];
  }

  return {
    add(frames) {
      for (const frame of frames) {
        if (frame.key) endGroup();
        group.push(frame);
        count += 1;
      }
    },
    end() {
      endGroup();
      if (count !== segment.frames || !first || !last) {
        throw new CatalogueError('ENCODE_FRAMES_MISMATCH', `${place}: ${count} of ${segment.frames} frames`, {
          facts: { ...facts, frames: count, plannedFrames: segment.frames },
        });
      }
      if (timescale !== timeBase.denominator) {
        throw new CatalogueError(
          'ENCODE_TIMES_MISMATCH',
          `${place}: its clock is not the source's: ${timescale} ticks a second, not ${timeBase.denominator}`,
          {
            facts: { ...facts, timescale, plannedTimescale: timeBase.denominator },
          },
        );
      }
      if (times.digest('hex') !== segment.timesSha256) {
        const ticks = { first: first.pts / timeBase.numerator, last: last.pts / timeBase.numerator };
        const plannedFirst = segment.start - sourceStart;
        const span = `from ${seconds(ticks.first)} to ${seconds(ticks.last)}, planned from ${seconds(plannedFirst)}`;
        throw new CatalogueError('ENCODE_TIMES_MISMATCH', `${place}: frames are not at their times: ${span}`, {
          facts: { ...facts, ...ticks, plannedFirst },
        });
      }
      const plannedKeyframes = segment.keyframes.map((pts) => pts - sourceStart);
      if (keyframes.join() !== plannedKeyframes.join()) {
        const at = keyframes.findIndex((pts, index) => pts !== plannedKeyframes[index]);
        const [found, planned] = [keyframes, plannedKeyframes].map((all) => all.at(at));
        const where =
          at < 0 || planned === undefined || found === undefined
            ? `${keyframes.length}, planned ${plannedKeyframes.length}`
            : `one at ${seconds(found)}, planned at ${seconds(planned)}`;
        throw new CatalogueError('ENCODE_TIMES_MISMATCH', `${place}: keyframes are not on the grid: ${where}`, {
          facts: { ...facts, keyframes: keyframes.slice(0, 20), plannedKeyframes: plannedKeyframes.slice(0, 20) },
        });
      }
      const endTicks =
        segment.end === null ? last.pts + last.duration : (segment.end - sourceStart) * timeBase.numerator;
      return { startTicks: first.pts, endTicks };
    },
  };
}
