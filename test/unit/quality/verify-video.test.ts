import { describe, expect, test } from 'vitest';
import type { Frame } from '../../../src/packaging/cmaf.ts';
import { planEncode } from '../../../src/plan/plan-encode.ts';
import { standardPolicy } from '../../../src/plan/policy.ts';
import { checkRendition, type RenditionName } from '../../../src/quality/check-rendition.ts';
import { verifyVideo } from '../../../src/quality/verify-video.ts';
import { constantIndex, probeOf } from '../../support/plan-inputs.ts';

/** 10 s at 25 frames a second, in three segments; the source begins at 1000 ticks. */
const timeBase = { numerator: 1, denominator: 12_800 };
const index = constantIndex({ timeBase, ticksPerFrame: 512, frames: 250, start: 1_000 });
const plan = planEncode(probeOf(), index, standardPolicy);

type RenditionTimes = RenditionName & { frames: Frame[] };

/** The whole check, with frames that come in pieces of 7. */
const verify = (renditions: RenditionTimes[]) =>
  verifyVideo(
    plan,
    renditions.map(({ frames, ...item }) => {
      const check = checkRendition(plan, item);
      for (let at = 0; at < frames.length; at += 7) check.add(frames.slice(at, at + 7));
      return check.end();
    }),
  );

const picture = (change: (frame: Frame, position: number) => Frame | null = (frame) => frame): RenditionTimes => {
  const frames = Array.from(index.presented, (pts, position) => {
    const time = pts - 1_000;
    return change({ pts: time, dts: time, duration: 512, key: position % 50 === 0, bytes: 1 }, position);
  });
  return { rendition: 'h264/240p', kind: 'video', timescale: 12_800, frames: frames.filter((frame) => frame !== null) };
};
/** AAC, whose first frame an edit list takes away. */
const sound = (options: { frames?: number; delay?: number; gapAt?: number } = {}): RenditionTimes => {
  const { frames = 470, delay = 0, gapAt = Infinity } = options;
  const times = Array.from(
    { length: frames },
    (_, position) => (position - 1) * 1024 + delay + (position >= gapAt ? 1024 : 0),
  );
  return {
    rendition: 'audio/aac_64k',
    kind: 'audio',
    timescale: 48_000,
    frames: times.map((pts) => ({ pts, dts: pts, duration: 1024, key: true, bytes: 1 })),
  };
};

test('a whole video passes, with sound, without it, and with frames in decode order', () => {
  expect(() => verify([picture(), sound()])).not.toThrow();
  expect(() => verify([picture()])).not.toThrow();
  const { frames, ...name } = picture();
  for (let at = 1; at + 1 < frames.length; at += 5) frames.splice(at, 2, ...frames.slice(at, at + 2).reverse());
  expect(frames[1]?.pts).toBeGreaterThan(frames[2]?.pts ?? 0);
  expect(() => verify([{ ...name, frames }])).not.toThrow();
});

test('a hold at the end may be of a frame that is not shown last', () => {
  const held = picture((frame, at) => (at < 248 ? frame : { ...frame, duration: at === 248 ? 1_023 : 1 }));
  expect(() => verify([held])).not.toThrow();
});

describe('what does not pass', () => {
  const late = (ticks: number) => picture((frame) => ({ ...frame, pts: frame.pts + ticks }));
  test.each<[string, RenditionTimes[], string]>([
    ['a lost frame', [picture((frame, at) => (at === 120 ? null : frame)), sound()], 'segment 1: 99 of 100 frames'],
    ['a lost segment', [picture((frame, at) => (at >= 100 && at < 200 ? null : frame))], 'segment 1: 0 of 100 frames'],
    ['a lost end', [picture((frame, at) => (at >= 200 ? null : frame))], 'segment 2: 0 of 50 frames'],
    [
      'a frame that comes behind the keyframe after it',
      [
        picture((frame, at) =>
          at === 149 ? { ...frame, pts: 150 * 512 } : at === 150 ? { ...frame, pts: 149 * 512 } : frame,
        ),
      ],
      'segment 1: frames are not at their times',
    ],
    [
      'one frame a tick late',
      [picture((frame, at) => (at === 120 ? { ...frame, pts: frame.pts + 1 } : frame))],
      'segment 1: frames are not at their times',
    ],
    ['all frames a tick late', [late(1)], 'segment 0: frames are not at their times'],
    [
      'a keyframe that is none',
      [picture((frame, at) => (at === 50 ? { ...frame, key: false } : frame))],
      'keyframes are not on the grid',
    ],
    [
      'a frame that players would take the video to be longer for',
      [picture((frame, at) => (at === 240 ? { ...frame, duration: 40 * 512 } : frame))],
      'it ends at 11.200 s',
    ],
    [
      'a last frame that stays too long',
      [picture((frame, at) => (at === 249 ? { ...frame, duration: 9_000 } : frame))],
      'it ends at 10.663 s',
    ],
    ['sound that ends early', [picture(), sound({ frames: 440 })], 'audio/aac_64k: it ends at'],
    ['sound with a gap', [picture(), sound({ gapAt: 100 })], 'a gap of 1024 ticks'],
    ['sound that starts 60 ms late', [picture(), sound({ delay: 1024 + 2880 })], 'do not start together'],
    ['no frames', [{ ...sound(), frames: [] }], 'it has no frames'],
  ])('%s: VERIFY_FAILED', (_name, renditions, message) => {
    expect(() => verify(renditions)).toThrow('VERIFY_FAILED');
    expect(() => verify(renditions)).toThrow(message);
  });
});
