import { CatalogueError, toCatalogueError } from '../errors/catalogue-error.ts';
import type { Frame } from '../packaging/cmaf.ts';
import type { EncodePlan } from '../plan/encode-plan.ts';
import { checkSegment } from './check-segment.ts';

/** A packaged rendition, as all its fragments tell it: times in ticks of `timescale`, after the edit list. */
export interface RenditionTimes {
  rendition: string;
  kind: 'video' | 'audio';
  timescale: number;
  frames: readonly Frame[];
}

const durationTolerance = 0.5;
const startTolerance = 0.05;

/**
 * The last check of a video, by times read from tfdt, trun and edit lists (ffmpeg's decode shows them late): every frame
 * of the plan is there at its time, nothing is missing at the end, sound and picture start together. Throws VERIFY_FAILED.
 */
export function verifyVideo(plan: EncodePlan, renditions: readonly RenditionTimes[]): void {
  for (const item of renditions) {
    if (item.kind === 'video') verifyPicture(plan, item);
    else verifySound(item);
    const { end } = span(item);
    if (Math.abs(end - plan.source.durationSeconds) > durationTolerance) {
      throw failed(item, `it ends at ${end.toFixed(3)} s, the plan at ${plan.source.durationSeconds.toFixed(3)} s`);
    }
  }
  const starts = renditions.map((item) => span(item).start);
  if (Math.max(...starts) - Math.min(...starts) >= startTolerance) {
    const facts = renditions.map(({ rendition }, position) => `${rendition} at ${starts[position]?.toFixed(3)} s`);
    throw new CatalogueError('VERIFY_FAILED', `Sound and picture do not start together: ${facts.join(', ')}`);
  }
}

/** The packaged frames, segment by segment of the plan: their number, each one's time, and the keyframes. */
function verifyPicture(plan: EncodePlan, item: RenditionTimes): void {
  if (item.frames.length !== plan.source.frames) {
    throw failed(item, `${item.frames.length} of ${plan.source.frames} frames`);
  }
  const inOrder = [...item.frames].sort((a, b) => a.pts - b.pts);
  let at = 0;
  for (const segment of plan.segments) {
    const frames = inOrder.slice(at, at + segment.frames);
    at += segment.frames;
    try {
      const { timeBase, start: sourceStart } = plan.source;
      checkSegment({ ...item, frames }, { segment, timeBase, sourceStart });
    } catch (error) {
      throw new CatalogueError('VERIFY_FAILED', toCatalogueError(error).detail, { cause: error });
    }
  }
}

/** Audio frames follow one another without a gap. */
function verifySound(item: RenditionTimes): void {
  item.frames.forEach((frame, position) => {
    const next = item.frames[position + 1];
    if (next && next.pts !== frame.pts + frame.duration) {
      throw failed(item, `a gap of ${next.pts - frame.pts - frame.duration} ticks at ${frame.pts + frame.duration}`);
    }
  });
}

/** First and last moment that is presented, seconds: what an edit list cuts off in front lies before 0. */
function span({ frames, timescale, rendition }: RenditionTimes): { start: number; end: number } {
  if (frames.length === 0) throw failed({ rendition }, 'it has no frames');
  let start = Infinity;
  let end = -Infinity;
  for (const { pts, duration } of frames) {
    start = Math.min(start, pts);
    end = Math.max(end, pts + duration);
  }
  return { start: Math.max(0, start) / timescale, end: end / timescale };
}

const failed = ({ rendition }: Pick<RenditionTimes, 'rendition'>, what: string): CatalogueError =>
  new CatalogueError('VERIFY_FAILED', `${rendition}: ${what}`, { facts: { rendition } });
