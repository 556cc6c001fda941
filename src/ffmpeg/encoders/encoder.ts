import type { Rung } from '../../plan/encode-plan.ts';

/** How one rung is said to ffmpeg: output options, without input, mapping, times and container. */
export interface Encoder {
  args(rung: Rung): string[];
}
