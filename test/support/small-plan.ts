import type { EncodePlan } from '../../src/plan/encode-plan.ts';

/** A plan of so many segments of 4 s at 25 frames a second, one encode task each: for tests of trees, not of media. */
export function smallPlan(segments: number, options: { audio?: boolean } = {}): EncodePlan {
  const ticks = 4 * 12_800;
  return {
    version: 3,
    source: {
      key: 'originals/vid_a/original.mp4',
      demuxer: 'mov',
      streamIndex: 0,
      timeBase: { numerator: 1, denominator: 12_800 },
      start: 0,
      frames: segments * 100,
      durationSeconds: segments * 4,
      frameRate: 25,
      seekable: true,
    },
    mediaSegmentSeconds: 4,
    rungs: [
      {
        name: '240p',
        codec: 'h264',
        encoder: 'libx264',
        width: 426,
        height: 240,
        rateControl: { mode: 'crf', crf: 23, maxrateKbps: 400, bufsizeKbps: 800 },
        preset: 'medium',
        profile: 'high',
        level: '2.1',
      },
    ],
    segments: Array.from({ length: segments }, (_, index) => ({
      index,
      start: index * ticks,
      end: index === segments - 1 ? null : (index + 1) * ticks,
      seek: index === 0 ? null : index * ticks,
      frames: 100,
      keyframes: [index * ticks, index * ticks + ticks / 2],
      timesSha256: '0'.repeat(64),
    })),
    encodeTasks: Array.from({ length: segments }, (_, index) => ({
      name: `encode.h264.${String(index).padStart(4, '0')}.all`,
      fleet: 'cpu' as const,
      codec: 'h264' as const,
      segmentIndex: index,
      rungs: ['240p'],
      estimatedCpuSeconds: 1,
      estimatedMemoryBytes: 1_000_000,
    })),
    picture: {
      ...{ decoder: null, size: { width: 1280, height: 720, pixelAspect: 1 } },
      ...{ deinterlace: null, mirrored: false, rotation: 0, alpha: false, colourMap: null, maxFrameRate: null },
      colour: { primaries: 'bt709', transfer: 'bt709', matrix: 'bt709', range: 'limited' },
      output: { primaries: 'bt709', transfer: 'bt709', matrix: 'bt709', range: 'limited' },
    },
    audio:
      options.audio === false
        ? []
        : [
            {
              ...{ streamIndex: 1, language: null, title: null, isDefault: true },
              startSeconds: 0,
              durationSeconds: segments * 4,
              tracks: [{ name: 'aac_128k', codec: 'aac', bitrateKbps: 128 }],
              targetLufs: -16,
              truePeakDb: -1.5,
            },
          ],
    warnings: [],
    thumbnails: {
      posterSeconds: 0.4,
      intervalSeconds: 2,
      count: segments * 2,
      width: 160,
      height: 90,
      columns: 10,
      rows: 10,
    },
  };
}
