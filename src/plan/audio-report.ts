import { z } from 'zod';
import type { AudioPlan } from './encode-plan.ts';
import { sayHoles } from './holes.ts';
import { type Warning, warn } from './warnings.ts';

const loudnessSchema = z.object({ lufs: z.number(), truePeakDb: z.number().nullable() });

/** What was found in a sound track while it was made, and what was done: beside each of its artefacts, in `facts`. */
export const soundReportSchema = z.object({
  /** Where its packets begin and end on the output's clock, seconds; null where it has none. */
  startSeconds: z.number().nullable(),
  endSeconds: z.number().nullable(),
  /** It has packets, and nothing of them could be decoded: silence was made. */
  unreadable: z.boolean(),
  /** Seconds between beginning and end that no packet holds, or that cannot be decoded: silence. */
  missingSeconds: z.number().optional(),
  /** Where packets are missing, on the output's clock, seconds: the first ones. */
  gaps: z.array(z.object({ from: z.number(), to: z.number() })).optional(),
  /** Null where there was nothing to measure. */
  before: loudnessSchema.nullable(),
  after: loudnessSchema.nullable(),
  gainDb: z.number(),
  limited: z.boolean(),
});
export type SoundReport = z.infer<typeof soundReportSchema>;

/** Less is not worth a word: encoders end sound and picture a little apart. */
const worthSaying = 0.5;
/** Seconds: what decoders hold back at the beginning and at the end is less. */
const worthCallingDamaged = 0.1;

/**
 * What came out about the sound while it was made, for the report. `reports` has one for each of the plan's tracks, in their order
 * (null: not known).
 */
export function soundWarnings(
  plan: readonly Pick<AudioPlan, 'durationSeconds'>[],
  reports: readonly (SoundReport | null)[],
): Warning[] {
  return plan.flatMap(({ durationSeconds }, position) => {
    const report = reports[position];
    if (!report) return [];
    const name = plan.length > 1 ? `Sound track ${position + 1}` : 'The sound';
    if (report.unreadable) return [warn('audio_unreadable', `${name} cannot be read: it is silent.`)];
    const end = Math.max(0, report.endSeconds ?? 0);
    const start = Math.min(durationSeconds, Math.max(0, report.startSeconds ?? 0));
    const missing = durationSeconds - Math.min(end, durationSeconds) + (end > start ? start : 0);
    const tooMuch = end - durationSeconds;
    return [
      ...damageOf(name, report),
      ...(missing > worthSaying ? [warn('audio_padded', `${name} has ${missing.toFixed(1)} s of silence added.`)] : []),
      ...(tooMuch > worthSaying
        ? [warn('audio_cut', `${name} is ${tooMuch.toFixed(1)} s longer than the picture: it ends with it.`)]
        : []),
    ];
  });
}

function damageOf(name: string, { missingSeconds = 0, gaps = [] }: SoundReport): Warning[] {
  if (missingSeconds < worthCallingDamaged) return [];
  const places = gaps.length > 0 ? `, ${sayHoles(gaps)}` : '';
  const detail = `${missingSeconds.toFixed(1)} s of ${name.toLowerCase()} are missing or cannot be decoded: silence${places}.`;
  return [warn('sound_damaged', detail)];
}
