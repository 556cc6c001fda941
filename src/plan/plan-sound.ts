import { planAudio } from './audio-plan.ts';
import type { EncodePlan } from './encode-plan.ts';
import type { Policy } from './policy.ts';
import type { Probe } from './probe.ts';

/** Audio's own clock: what is made of sound alone is counted in it. */
const samplesPerSecond = 48_000;

/** All that will be made of sound alone: its tracks, as long as the default one, and no pictures. Pure. */
export function planSound(probe: Probe, policy: Policy): EncodePlan {
  const { source, audio, startSeconds, durationSeconds } = probe;
  const sound = planAudio(audio, { startSeconds, durationSeconds }, policy);
  return {
    version: 3,
    source: {
      key: source.key,
      demuxer: source.demuxer,
      streamIndex: audio[0]?.streamIndex ?? 0,
      timeBase: { numerator: 1, denominator: samplesPerSecond },
      start: Math.round(startSeconds * samplesPerSecond),
      frames: 0,
      durationSeconds,
      frameRate: null,
      seekable: true,
    },
    mediaSegmentSeconds: policy.mediaSegmentSeconds,
    picture: null,
    ...{ rungs: [], segments: [], encodeTasks: [] },
    audio: sound.audio,
    thumbnails: null,
    warnings: sound.warnings,
  };
}
