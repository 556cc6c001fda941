import { CatalogueError, toCatalogueError } from '../errors/catalogue-error.ts';
import type { Frame } from '../packaging/cmaf.ts';
import type { EncodePlan } from '../plan/encode-plan.ts';
import { segmentCheck } from './check-segment.ts';

/** A packaged rendition. */
export interface RenditionName {
  rendition: string;
  kind: 'video' | 'audio';
  /** Ticks a second of its frames' times, which are after the edit list. */
  timescale: number;
}

/** First and last moment that is presented, seconds. */
export interface RenditionSpan {
  rendition: string;
  start: number;
  end: number;
}

/** A rendition on its way through the check: it may be a day long, and only its last group of pictures is in memory. */
export interface RenditionCheck {
  /** Takes frames in decode order. Throws VERIFY_FAILED. */
  add(frames: readonly Frame[]): void;
  /** Throws VERIFY_FAILED. */
  end(): RenditionSpan;
}

/**
 * Checks a packaged rendition by times read from tfdt, trun and edit lists (ffmpeg's decode shows them late): every frame of the plan
 * is there at its time, with its keyframes; sound has no gap.
 */
export function checkRendition(plan: EncodePlan, item: RenditionName): RenditionCheck {
  const check = item.kind === 'video' ? pictureCheck(plan, item) : soundCheck(item);
  let start = Infinity;
  let end = -Infinity;
  return {
    add(frames) {
      for (const { pts, duration } of frames) {
        start = Math.min(start, pts);
        // No frame lasts longer than its group, and a hold may be another one's than that which is shown last: see sampleDurations.
        end = Math.max(end, pts + duration);
      }
      check.add(frames);
    },
    end() {
      if (end < start) throw failed(item, 'it has no frames');
      check.end();
      // What an edit list cuts off in front lies before 0.
      return { rendition: item.rendition, start: Math.max(0, start) / item.timescale, end: end / item.timescale };
    },
  };
}

/** The frames segment by segment of the plan: their number, each one's time, and the keyframes. A segment begins with a keyframe. */
function pictureCheck({ segments, source }: EncodePlan, item: RenditionName) {
  const { timeBase, start: sourceStart } = source;
  const checkOf = (position: number) => {
    const segment = segments[position];
    return segment && segmentCheck(item, { segment, timeBase, sourceStart });
  };
  let position = 0;
  let check = checkOf(0);
  let nextStart = startOf(1);

  function startOf(index: number): number {
    const segment = segments[index];
    return segment ? (segment.start - sourceStart) * timeBase.numerator : Infinity;
  }
  function nextSegment(): void {
    try {
      check?.end();
    } catch (error) {
      throw new CatalogueError('VERIFY_FAILED', toCatalogueError(error).detail, { cause: error });
    }
    position += 1;
    check = checkOf(position);
    nextStart = startOf(position + 1);
  }

  return {
    add(frames: readonly Frame[]) {
      for (const frame of frames) {
        while (frame.key && frame.pts >= nextStart) nextSegment();
        check?.add([frame]);
      }
    },
    end() {
      while (check) nextSegment();
    },
  };
}

/** Audio frames follow one another without a gap. */
function soundCheck(item: RenditionName) {
  let next: number | null = null;
  return {
    add(frames: readonly Frame[]) {
      for (const { pts, duration } of frames) {
        if (next !== null && pts !== next) throw failed(item, `a gap of ${pts - next} ticks at ${next}`);
        next = pts + duration;
      }
    },
    end() {},
  };
}

const failed = ({ rendition }: RenditionName, what: string): CatalogueError =>
  new CatalogueError('VERIFY_FAILED', `${rendition}: ${what}`, { facts: { rendition } });
