import { CatalogueError } from '../errors/catalogue-error.ts';
import { encodeArgs } from '../ffmpeg/encode-args.ts';
import type { SegmentRung } from '../ffmpeg/encoders/encoder.ts';
import type { Segment } from '../plan/encode-plan.ts';
import type { PlannedEncode } from '../plan/find-encode-task.ts';
import type { JobContext } from './define-job.ts';
import { type EncodedRung, readEncoded } from './encoded-rung.ts';
import { nameDamage } from './name-damage.ts';
import { runPictures } from './run-pictures.ts';

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
 * ENCODE_TIMES_MISMATCH; INPUT_DAMAGED where the source does not show what is planned.
 */
export async function makeSegment(
  { ffmpeg, log, signal, workDir }: Pick<JobContext<never>, 'ffmpeg' | 'log' | 'signal' | 'workDir'>,
  work: SegmentWork,
): Promise<EncodedRung[]> {
  const make = async (segment: Segment): Promise<EncodedRung[]> => {
    const pictureSizes = await runPictures(
      { ffmpeg, signal, workDir },
      work.picture,
      (run) => encodeArgs({ ...work, ...run, segment }, ffmpeg.tools),
      { onFrame: work.onFrame },
    );
    return Promise.all(
      work.rungs.map((rung) => readEncoded(work.outputPath(rung), { ...work, segment, rung, pictureSizes })),
    );
  };
  return make(work.segment)
    .catch((error: unknown) => {
      // Some keyframes are none: a stream with intra refresh needs some pictures before it is whole. Behind damage times
      // are guessed from what was before. From the beginning of the file both are as in the decode that was planned by.
      if (work.segment.seek === null || !isMismatch(error)) throw error;
      log.warn(
        { segment: work.segment.index, err: error },
        'segment is not as planned: decoding again from the beginning of the source',
      );
      return make({ ...work.segment, seek: null });
    })
    .catch(async (error: unknown) => {
      throw isMismatch(error) ? await nameDamage({ ffmpeg, signal }, work, error) : error;
    });
}

const isMismatch = (error: unknown): error is CatalogueError =>
  error instanceof CatalogueError &&
  (error.code === 'ENCODE_FRAMES_MISMATCH' || error.code === 'ENCODE_TIMES_MISMATCH');
