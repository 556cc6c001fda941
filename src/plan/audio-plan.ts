import type { AudioPlan } from './encode-plan.ts';
import type { Policy } from './policy.ts';
import type { ProbedAudio } from './probe.ts';
import { type Warning, warn } from './warnings.ts';

/** What every sound is laid against, seconds: the picture, or of sound alone itself. */
export type Span = Pick<AudioPlan, 'startSeconds' | 'durationSeconds'>;

/** What is made of each sound track, in the order of the probe (the default one first), and what is done to them. Pure. */
export function planAudio(
  tracks: readonly ProbedAudio[],
  span: Span,
  policy: Pick<Policy, 'audio'>,
): { audio: AudioPlan[]; warnings: Warning[] } {
  return {
    audio: tracks.map((track, position) => audioPlan(track, position, span, policy)),
    warnings: downmixed(tracks),
  };
}

function audioPlan(
  { streamIndex, language, title, isDefault }: ProbedAudio,
  position: number,
  span: Span,
  { audio }: Pick<Policy, 'audio'>,
): AudioPlan {
  const suffix = position === 0 ? '' : `_${position + 1}`;
  return {
    ...{ streamIndex, language, title, isDefault },
    ...span,
    tracks: audio.bitratesKbps.map((bitrateKbps) => ({
      name: `aac_${bitrateKbps}k${suffix}`,
      codec: 'aac',
      bitrateKbps,
    })),
    targetLufs: audio.targetLufs,
    truePeakDb: audio.truePeakDb,
  };
}

/** A number of channels above this names no layout: the first two are taken (`ffmpeg/sound-graph.ts`). */
const mostNamedChannels = 8;

function downmixed(tracks: readonly ProbedAudio[]): Warning[] {
  const wide = tracks.flatMap(({ channels }, position) => {
    if (channels <= 2) return [];
    return [
      channels > mostNamedChannels
        ? `sound track ${position + 1} (the first two of ${channels} channels)`
        : `sound track ${position + 1} (${channels} channels)`,
    ];
  });
  return wide.length > 0 ? [warn('downmixed', `Mixed down to stereo: ${wide.join(', ')}.`)] : [];
}
