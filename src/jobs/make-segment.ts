import { CatalogueError } from '../errors/catalogue-error.ts';
import { countDamagedPictures } from '../ffmpeg/damaged-pictures.ts';
import { encodeArgs } from '../ffmpeg/encode-args.ts';
import type { SegmentRung } from '../ffmpeg/encoders/encoder.ts';
import { showsNothing } from '../ffmpeg/probe-failure.ts';
import { encodeEffort } from '../plan/effort.ts';
import type { Segment } from '../plan/encode-plan.ts';
import type { PlannedEncode } from '../plan/find-encode-task.ts';
import type { JobContext } from './define-job.ts';
import { type EncodedRung, readEncoded } from './encoded-rung.ts';
import { runPictures } from './run-pictures.ts';
import { whereInSegment } from './where-in-segment.ts';

export interface SegmentWork extends PlannedEncode {
  rungs: SegmentRung[];
  /** Local file. */
  sourcePath: string;
  /** Local file of a rung's fragmented MP4. */
  outputPath: (rung: SegmentRung) => string;
  onFrame?: (frames: number) => void;
}

/**
 * Makes one segment of a group of rungs from one decode, and checks it against the plan. Rejects with ENCODE_FRAMES_MISMATCH,
 * ENCODE_TIMES_MISMATCH (`answerMismatch` says what to do about them).
 */
export async function makeSegment(
  { ffmpeg, log, signal, workDir }: Pick<JobContext<never>, 'ffmpeg' | 'log' | 'signal' | 'workDir'>,
  work: SegmentWork,
): Promise<EncodedRung[]> {
  const make = async (segment: Segment): Promise<EncodedRung[]> => {
    const damaged = countDamagedPictures();
    const pictureSizes = await runPictures(
      { ffmpeg, signal, workDir },
      work.picture,
      (run) => encodeArgs({ ...work, ...run, segment }, ffmpeg.tools),
      {
        ...{ effort: encodeEffort({ ...work, segment }), where: whereInSegment(work) },
        ...{ onFrame: work.onFrame, onLogLine: damaged.onLogLine },
      },
    ).catch((error: unknown) => {
      throw showsNothing(error) ? noFrames(segment, error) : error;
    });
    const seen = { pictureSizes, damagedPictures: damaged.count() };
    return Promise.all(
      work.rungs.map((rung) => readEncoded(work.outputPath(rung), { ...work, segment, rung, ...seen })),
    );
  };
  return make(work.segment).catch((error: unknown) => {
    // Some keyframes are none: a stream with intra refresh needs some pictures before it is whole. Behind damage times
    // are guessed from what was before. From the beginning of the file both are as in the decode that was planned by.
    if (work.segment.seek === null || !isMismatch(error)) throw error;
    log.warn(
      { segment: work.segment.index, err: error },
      'segment is not as planned: decoding again from the beginning of the source',
    );
    return make({ ...work.segment, seek: null });
  });
}

/** Damage that leaves no picture at all ends the tool, as it knows no size: a mismatch like any other. */
const noFrames = ({ index, frames: planned }: Segment, cause: unknown): CatalogueError =>
  new CatalogueError('ENCODE_FRAMES_MISMATCH', `segment ${index}: no frame of ${planned} planned can be decoded`, {
    ...{ cause, facts: { segment: index, frames: 0, plannedFrames: planned } },
  });

/** True where the tools have ended well, and what came out is not what is planned. */
export const isMismatch = (error: unknown): error is CatalogueError =>
  error instanceof CatalogueError &&
  (error.code === 'ENCODE_FRAMES_MISMATCH' || error.code === 'ENCODE_TIMES_MISMATCH');
