import type { Rung } from '../../plan/encode-plan.ts';

/** A rung as one segment of it is encoded. */
export interface SegmentRung extends Rung {
  /** Share of the decoder's buffer that is full where the segment begins, as far as the encoder may count on it. Default: `bufferAtStart`. */
  bufferAtStart?: number;
}

/** How one rung is said to ffmpeg: output options, without input, mapping, times and container. */
export interface Encoder {
  args(rung: SegmentRung): string[];
}

/**
 * Nobody knows how full the segment before leaves the buffer. Half: x264 plans for that at the end of its lookahead
 * (encoder/ratecontrol.c, clip_qscale); at its own 0.9 joined streams underflow at their seams, at 0.3 pictures lose for nothing.
 */
export const bufferAtStart = 0.5;
