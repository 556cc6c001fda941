import { CatalogueError } from '../errors/catalogue-error.ts';
import { encodeArgs } from '../ffmpeg/encode-args.ts';
import type { SegmentRung } from '../ffmpeg/encoders/encoder.ts';
import type { Segment } from '../plan/encode-plan.ts';
import type { PlannedEncode } from '../plan/find-encode-task.ts';
import type { JobContext } from './define-job.ts';
import { type EncodedRung, readEncoded } from './encoded-rung.ts';
import { runPictures } from './run-pictures.ts';

export interface SegmentWork extends PlannedEncode {
  rungs: SegmentRung[];
  /** Local file. */
  sourcePath: string;
  /** Local file of a rung's fragmented MP4. */
  outputPath: (rung: SegmentRung) => string;
  onFrame?: (frames: number) => void;
}

/** Makes one segment of a group of rungs from one decode, and checks it against the plan. Rejects with ENCODE_FRAMES_MISMATCH, ENCODE_TIMES_MISMATCH. */
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
  return make(work.segment).catch((error: unknown) => {
    // Some keyframes are none: a stream with intra refresh needs some pictures before it is whole. From the beginning
    // of the file every frame that can be decoded is; who still misses one is told so.
    if (work.segment.seek === null || !isFramesMismatch(error)) throw error;
    log.warn(
      { segment: work.segment.index, err: error },
      'segment lacks frames: decoding again from the beginning of the source',
    );
    return make({ ...work.segment, seek: null });
  });
}

const isFramesMismatch = (error: unknown): boolean =>
  error instanceof CatalogueError && error.code === 'ENCODE_FRAMES_MISMATCH';
