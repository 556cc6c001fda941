import fc from 'fast-check';
import type { Probe, ProbedVideo, Rational } from '../../src/plan/probe.ts';
import { type SourceIndex, sourceIndex } from '../../src/plan/source-index.ts';

/** A probe of 1280x720 at 30 frames a second with sound, changed where a test wants it. */
export function probeOf(changes: { video?: Partial<ProbedVideo>; audio?: Probe['audio'] } = {}): Probe {
  return {
    version: 2,
    format: 'mov,mp4,m4a,3gp,3g2,mj2',
    bytes: 1_000_000,
    startSeconds: 0,
    durationSeconds: 32,
    bitrateKbps: 4_000,
    video: {
      streamIndex: 0,
      codec: 'h264',
      codedWidth: 1280,
      codedHeight: 720,
      width: 1280,
      height: 720,
      rotation: 0,
      mirrored: false,
      colour: { primaries: 'bt709', transfer: 'bt709', matrix: 'bt709', range: 'limited' },
      hdr: null,
      alpha: false,
      scan: 'progressive',
      pixelFormat: 'yuv420p',
      timeBase: { numerator: 1, denominator: 15_360 },
      frameRate: 30,
      ...changes.video,
    },
    audio: changes.audio ?? [
      {
        ...{ streamIndex: 1, codec: 'aac', channels: 2, sampleRate: 48_000 },
        ...{ language: null, title: null, isDefault: true },
      },
    ],
    source: { key: 'originals/vid_1/original.mp4', demuxer: 'mov', remuxed: false },
    indexKey: 'segments/vid_1/run_1/probe/1/index.bin',
    warnings: [],
  };
}

/** The index of a clip of constant frame rate, with a keyframe every so many frames. */
export function constantIndex(options: {
  timeBase: Rational;
  ticksPerFrame: number;
  frames: number;
  start?: number;
  keyframeEvery?: number;
}): SourceIndex {
  const { timeBase, ticksPerFrame, frames, start = 0, keyframeEvery = 48 } = options;
  const presented = Array.from({ length: frames }, (_, frame) => start + frame * ticksPerFrame);
  const pts = presented.filter((_, frame) => frame % keyframeEvery === 0);
  const keyframes = { pts, dts: pts.map((time) => time - 2 * ticksPerFrame) };
  return sourceIndex({ timeBase, trustworthy: true, presented, end: start + frames * ticksPerFrame, keyframes });
}

/** Any clip: odd time bases, starts below zero, holes, variable frame rates, keyframes anywhere. */
export const anyIndex = (): fc.Arbitrary<SourceIndex> =>
  fc
    .record({
      timeBase: fc.constantFrom(
        { numerator: 1, denominator: 90_000 },
        { numerator: 1, denominator: 1_000 },
        { numerator: 1_001, denominator: 30_000 },
        { numerator: 1, denominator: 24 },
        { numerator: 3, denominator: 7 },
        { numerator: 1, denominator: 10_000_000 },
      ),
      start: fc.integer({ min: -1_000_000, max: 1_000_000_000 }),
      // Milliseconds from one frame to the next; now and then a hole of many grid intervals.
      gaps: fc.array(
        fc.oneof({ weight: 40, arbitrary: fc.integer({ min: 1, max: 90 }) }, fc.integer({ max: 30_000, min: 1 })),
        {
          minLength: 0,
          maxLength: 400,
        },
      ),
      keyframeEvery: fc.integer({ min: 1, max: 100 }),
      reorder: fc.integer({ min: 0, max: 100 }),
    })
    .map(({ timeBase, start, gaps, keyframeEvery, reorder }) => {
      const presented = [start];
      let last = start;
      for (const gap of gaps) {
        last += Math.max(1, Math.round((gap * timeBase.denominator) / (1_000 * timeBase.numerator)));
        presented.push(last);
      }
      const pts = presented.filter((_, frame) => frame % keyframeEvery === 0);
      const keyframes = { pts, dts: pts.map((time) => time - reorder) };
      return sourceIndex({ timeBase, trustworthy: true, presented, end: last + 1, keyframes });
    });
