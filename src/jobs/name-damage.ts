import { CatalogueError } from '../errors/catalogue-error.ts';
import { decodeSpan } from '../ffmpeg/decode-span.ts';
import { sayHoles, spanHoles } from '../ffmpeg/lost-frames.ts';
import type { PlannedEncode } from '../plan/find-encode-task.ts';
import type { JobContext } from './define-job.ts';

/**
 * What an encode that lacks frames is to be called: INPUT_DAMAGED, with the times, where a plain decode of the source shows no more frames than it
 * holds; else the error as it is.
 */
export async function nameDamage(
  { ffmpeg, signal }: Pick<JobContext<never>, 'ffmpeg' | 'signal'>,
  work: Pick<PlannedEncode, 'segment' | 'source' | 'picture'> & { sourcePath: string },
  error: CatalogueError,
): Promise<CatalogueError> {
  const { segment, source, picture } = work;
  const { frames } = error.facts;
  if (picture.maxFrameRate !== null || typeof frames !== 'number' || frames >= segment.frames) return error;
  const shown = await decodeSpan(ffmpeg, work, signal);
  if (shown.length !== frames) return error;
  const lost = segment.frames - frames;
  const { timeBase, start: zero, durationSeconds } = source;
  const sourceEnd = zero + Math.round((durationSeconds * timeBase.denominator) / timeBase.numerator);
  const { start, end, frames: planned } = segment;
  const holes = spanHoles(shown, { start, end: end ?? sourceEnd, planned, zero, timeBase });
  const detail = `${lost} frames cannot be decoded and are missing: ${sayHoles(holes)}.`;
  return new CatalogueError('INPUT_DAMAGED', detail, { cause: error, facts: error.facts });
}
