import type { RateControl } from '../../plan/rate-control.ts';
import { bufferAtStart, type Encoder, type SegmentRung } from './encoder.ts';

/** H.264 on the CPU: closed GOPs, and keyframes only where they are asked for. */
export const libx264: Encoder = {
  args: (rung) => [
    ...['-c:v', 'libx264', '-preset', rung.preset, '-profile:v', rung.profile],
    // Explicit: x264 would choose it by content, and the init segment must be the same for every segment.
    ...['-level', rung.level],
    ...rateArgs(rung.rateControl),
    // No keyframe of x264's own: the grid alone decides. A GOP in frames would be 2 s at one frame rate only.
    ...['-sc_threshold', '0', '-g', noKeyframesOfItsOwn],
    // A segment must decode without the one before it.
    ...['-flags', '+cgop'],
    // In no header, so the init stays the same whatever it is; maxrate and bufsize are in btrt, crf is in the PPS.
    // Colour lies left of every second pixel, as the scaler puts it, wherever the source had it.
    ...['-x264-params', `vbv-init=${rung.bufferAtStart ?? bufferAtStart}:chromaloc=0${rateParams(rung)}`],
  ],
};

function rateArgs(rate: RateControl): string[] {
  const bufsize = ['-bufsize', `${rate.bufsizeKbps}k`];
  switch (rate.mode) {
    case 'crf':
      return ['-crf', String(rate.crf), '-maxrate', `${rate.maxrateKbps}k`, ...bufsize];
    case 'vbr':
      return ['-b:v', `${rate.bitrateKbps}k`, '-maxrate', `${rate.maxrateKbps}k`, ...bufsize];
    case 'cbr':
      return ['-b:v', `${rate.bitrateKbps}k`, '-maxrate', `${rate.bitrateKbps}k`, ...bufsize];
    default:
      return rate satisfies never;
  }
}

/**
 * VBR: how far x264 may stray from the average before it acts; at its default of 1 it has hardly begun to when a segment of 4 s ends (measured: docs/presets.md).
 * CBR: filler wherever the decoder's buffer would run over, and not `nal-hrd=cbr` beside it: that says in every segment how full the buffer is at its start,
 * to 11 microseconds (H.264 C.3), and segments that are made apart cannot know it.
 * Both: the frame rate. Older builds take the ticks of the source for it, and give what is easy a third too little. It is in no header.
 */
function rateParams({ rateControl, frameRate }: SegmentRung): string {
  if (rateControl.mode === 'crf') return '';
  const params = { vbr: ':ratetol=0.1', cbr: ':filler=1' }[rateControl.mode];
  return frameRate === undefined ? params : `${params}:fps=${frameRate.toFixed(3)}`;
}

/** Frames: longer than any GOP of the grid (2 s at 240 frames a second is 480). */
const noKeyframesOfItsOwn = '100000';
