import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { colourCube } from '../ffmpeg/colour-cube.ts';
import type { DecodedShape, PictureSize } from '../ffmpeg/picture-sizes.ts';
import type { RunOptions } from '../ffmpeg/run-ffmpeg.ts';
import type { Effort } from '../plan/effort.ts';
import type { Picture } from '../plan/picture.ts';
import type { JobContext } from './define-job.ts';

/** What the arguments of a run that decodes pictures must know beside the plan. */
export interface PictureRun {
  /** Local file with the cube of `picture.colourMap`, where there is one. */
  lutPath: string | undefined;
  fit: boolean;
}

/** As `RunOptions`. */
export interface PictureWatch extends Pick<RunOptions, 'where' | 'onLogLine'> {
  effort: Effort;
  onFrame?: ((frames: number) => void) | undefined;
}

/**
 * Runs ffmpeg over pictures. Where their size is another one than the plan's, or changes, or their pixel format does, it is run again with all of
 * them fitted into that one: ffmpeg would build its filters anew, and lose what they hold. Others need not pay for it. Gives the sizes that were
 * decoded, `1280x720`, each once. `onLogLine`: of the first run. Rejects as `ffmpeg.run`.
 */
export async function runPictures(
  { ffmpeg, signal, workDir }: Pick<JobContext<never>, 'ffmpeg' | 'signal' | 'workDir'>,
  picture: Picture,
  argsOf: (run: PictureRun) => string[],
  { onFrame, onLogLine, ...bounded }: PictureWatch,
): Promise<string[]> {
  const lutPath = picture.colourMap ? join(workDir, 'colours.cube') : undefined;
  if (picture.colourMap && lutPath) await writeFile(lutPath, colourCube(picture.colourMap));

  const sizes = new Set<string>();
  const kinds = new Set<string>();
  const onDecodedShape = (shape: DecodedShape) => {
    sizes.add(nameOf(shape));
    kinds.add(`${nameOf(shape)} ${shape.pixelFormat}`);
  };
  const changed = () => kinds.size > 1 || [...sizes].some((size) => size !== nameOf(picture.size));
  const watched = { signal, ...bounded, ...(onFrame ? { onFrame } : {}) };
  await ffmpeg
    .run(argsOf({ lutPath, fit: false }), { ...watched, ...(onLogLine ? { onLogLine } : {}), onDecodedShape })
    .catch((error: unknown) => {
      if (signal.aborted || !changed()) throw error;
    });
  if (changed()) await ffmpeg.run(argsOf({ lutPath, fit: true }), watched);
  return [...sizes];
}

const nameOf = ({ width, height }: PictureSize): string => `${width}x${height}`;
