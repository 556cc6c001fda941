import { CatalogueError } from '../errors/catalogue-error.ts';
import { decodeSpan } from '../ffmpeg/decode-span.ts';
import { spanHoles } from '../ffmpeg/lost-frames.ts';
import type { PlannedEncode } from '../plan/find-encode-task.ts';
import { framesToMake } from '../plan/frame-rate.ts';
import { sayHoles } from '../plan/holes.ts';
import { timesSha256 } from '../plan/segments.ts';
import type { JobContext } from './define-job.ts';
import { isMismatch } from './make-segment.ts';
import type { TakenTask } from './services.ts';

type Work = Pick<PlannedEncode, 'segment' | 'source' | 'picture'> & { sourcePath: string };

/**
 * What an encode ends with that did not come out as planned. A plain decode of the source is the arbiter: where it shows what is planned, the
 * error stays as it is. Else the plan was made from packets that lie, and a new run takes this one's place, whose probe decodes all of the
 * picture: RUN_SUPERSEDED. Where this run's probe did so already: INPUT_DAMAGED, with the times.
 */
export async function answerMismatch(
  { ffmpeg, runs, log, signal }: Pick<JobContext<never>, 'ffmpeg' | 'runs' | 'log' | 'signal'>,
  { task, work }: { task: TakenTask; work: Work },
  error: unknown,
): Promise<unknown> {
  if (!isMismatch(error)) return error;
  const shown = await decodeSpan(ffmpeg, work, signal);
  if (isAsPlanned(shown, work)) return error;

  const damage = nameDamage(shown, work, error);
  const { decoded } = await runs.probe(task.runId);
  const newRun = decoded ? null : await runs.decodeAnew(task, `${task.name}: ${(damage ?? error).detail}`);
  if (newRun === null) return damage ?? error;
  log.warn(
    { newRun, err: damage ?? error },
    'packets do not tell what can be shown: all of the picture is decoded anew',
  );
  return new CatalogueError('RUN_SUPERSEDED', `run ${newRun} decodes all of the picture`, { cause: error });
}

function isAsPlanned(shown: Float64Array, { segment, source, picture }: Work): boolean {
  const { start: zero, timeBase } = source;
  // The zero goes first: intervals of a capped rate count from it.
  const presented = shown[0] === zero ? shown : Float64Array.of(zero, ...shown);
  const index = { timeBase, presented, trustworthy: true, end: 0, keyframes: { pts: shown, dts: shown } };
  const made = framesToMake(index, picture.maxFrameRate).slice(presented.length - shown.length);
  return made.length === segment.frames && timesSha256(made, zero) === segment.timesSha256;
}

/** Null where frames are at other times, and none is missing. */
function nameDamage(shown: Float64Array, { segment, source, picture }: Work, cause: CatalogueError) {
  const lost = segment.frames - shown.length;
  if (lost <= 0 || picture.maxFrameRate !== null) return null;
  const { timeBase, start: zero, durationSeconds } = source;
  const sourceEnd = zero + Math.round((durationSeconds * timeBase.denominator) / timeBase.numerator);
  const { start, end, frames: planned } = segment;
  const holes = spanHoles(shown, { start, end: end ?? sourceEnd, planned, zero, timeBase });
  const detail = `${lost} frames cannot be decoded and are missing: ${sayHoles(holes)}.`;
  return new CatalogueError('INPUT_DAMAGED', detail, { cause, facts: { ...cause.facts, lost, holes } });
}
