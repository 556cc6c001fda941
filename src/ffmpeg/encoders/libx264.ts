import { bufferAtStart, type Encoder } from './encoder.ts';

/** H.264 on the CPU: capped CRF, closed GOPs, and keyframes only where they are asked for. */
export const libx264: Encoder = {
  args: (rung) => [
    ...['-c:v', 'libx264', '-preset', rung.preset, '-profile:v', rung.profile],
    // Explicit: x264 would choose it by content, and the init segment must be the same for every segment.
    ...['-level', rung.level],
    ...['-crf', String(rung.crf), '-maxrate', `${rung.maxrateKbps}k`, '-bufsize', `${rung.bufsizeKbps}k`],
    // No keyframe of x264's own: the grid alone decides. A GOP in frames would be 2 s at one frame rate only.
    ...['-sc_threshold', '0', '-g', noKeyframesOfItsOwn],
    // A segment must decode without the one before it.
    ...['-flags', '+cgop'],
    // In no header, so the init stays the same whatever it is; maxrate and bufsize are in btrt, crf is in the PPS.
    // Colour lies left of every second pixel, as the scaler puts it, wherever the source had it.
    ...['-x264-params', `vbv-init=${rung.bufferAtStart ?? bufferAtStart}:chromaloc=0`],
  ],
};

/** Frames: longer than any GOP of the grid (2 s at 240 frames a second is 480). */
const noKeyframesOfItsOwn = '100000';
