import { audio } from './audio.job.ts';
import type { Pipeline } from './define-job.ts';
import { encode } from './encode.job.ts';
import { finalize } from './finalize.job.ts';
import { packageVideo } from './package.job.ts';
import { probe } from './probe.job.ts';
import { split } from './split.job.ts';
import { thumbnails } from './thumbnails.job.ts';

/** Every job there is; a test compares this list with the folder. */
export const jobs = {
  probe,
  split,
  encode,
  audio,
  thumbnails,
  package: packageVideo,
  finalize,
} as const satisfies Pipeline;
