import { rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CatalogueError } from '../errors/catalogue-error.ts';
import {
  type AudioWork,
  audioArgs,
  measureArgs,
  measureMadeArgs,
  silenceArgs,
  steadied,
  steadyArgs,
} from '../ffmpeg/audio-args.ts';
import { type Attempt, best, corrected } from '../ffmpeg/correct-levelling.ts';
import type { InputFile } from '../ffmpeg/input-args.ts';
import {
  countShapes,
  heardSeconds,
  type Levelling,
  type Loudness,
  levelling,
  parseLoudness,
  silenceLufs,
} from '../ffmpeg/loudness.ts';
import type { Ffmpeg } from '../ffmpeg/run-ffmpeg.ts';
import { soundArgs, soundReader } from '../ffmpeg/sound-facts.ts';
import type { SoundReport } from '../plan/audio-report.ts';
import { type Effort, soundEffort } from '../plan/effort.ts';
import type { AudioPlan } from '../plan/encode-plan.ts';

export interface MakeSound {
  ffmpeg: Ffmpeg;
  signal: AbortSignal;
  source: InputFile;
  audio: AudioPlan;
  /** For files of its own. */
  workDir: string;
  outputPath: (track: AudioPlan['tracks'][number]) => string;
  /** 0 to 1 */
  progress(fraction: number): void;
}

interface Making extends MakeSound {
  /** Of each pass: it reads the source, or what was made of it, which is smaller. */
  effort: Effort;
}

/** Makes one sound track of the source in all its bitrates: brought to the target by one gain, or silence where nothing can be read. */
export async function makeSound(wanted: MakeSound): Promise<SoundReport> {
  const { ffmpeg, signal, source, audio } = wanted;
  const { size: bytes } = await stat(source.path);
  const effort = soundEffort({ bytes, seconds: audio.durationSeconds });
  const making: Making = { ...wanted, effort };
  const reader = soundReader(source.demuxer);
  await ffmpeg.probe(soundArgs(source, audio.streamIndex), { signal, effort, onLine: reader.onLine });
  const facts = reader.facts();
  const found = {
    startSeconds: facts.startSeconds === null ? null : facts.startSeconds - audio.startSeconds,
    endSeconds: facts.endSeconds === null ? null : facts.endSeconds - audio.startSeconds,
  };
  const listened = facts.packets > 0 ? await listen(making, { source, audio, facts }) : null;
  if (listened === null) {
    await ffmpeg.run(silenceArgs(audio, making.outputPath), { signal, effort, onSeconds: follow(making, 0.4, 1) });
    const unreadable = facts.packets > 0 && !liesOutside(found, audio);
    return { ...found, unreadable, before: null, after: null, gainDb: 0, limited: false };
  }
  const { work, before, heard } = listened;
  const damage = damageOf({ ...found, gaps: facts.gaps, heard }, audio);
  return { ...found, ...damage, unreadable: false, before, ...(await level(making, work, before)) };
}

/** None of it is heard: nothing but an encoder's priming, or sound that ends before the picture begins or begins after its end. */
function liesOutside(
  { startSeconds, endSeconds }: Pick<SoundReport, 'startSeconds' | 'endSeconds'>,
  { durationSeconds }: Pick<AudioPlan, 'durationSeconds'>,
): boolean {
  if (startSeconds === null || endSeconds === null) return false;
  return endSeconds <= Math.max(0, startSeconds) || startSeconds >= durationSeconds;
}

interface Heard {
  work: AudioWork;
  before: Loudness;
  /** Seconds that could be decoded, between the picture's beginning and its end. */
  heard: number;
}

/** How much is silent between the first and the last sound, because nothing of it is there. */
function damageOf(
  found: Pick<SoundReport, 'startSeconds' | 'endSeconds'> & { gaps: { from: number; to: number }[]; heard: number },
  { startSeconds: zero, durationSeconds }: Pick<AudioPlan, 'startSeconds' | 'durationSeconds'>,
): Pick<SoundReport, 'missingSeconds' | 'gaps'> {
  const start = Math.max(0, found.startSeconds ?? 0);
  const end = Math.min(durationSeconds, found.endSeconds ?? durationSeconds);
  const gaps = found.gaps
    .map(({ from, to }) => ({ from: Math.max(0, from - zero), to: Math.min(durationSeconds, to - zero) }))
    .filter(({ from, to }) => to > from);
  return { missingSeconds: Math.max(0, end - start - found.heard), gaps };
}

/** Measures the sound as it is; null where nothing of it can be decoded, or nothing is heard. */
async function listen(making: Making, work: AudioWork): Promise<Heard | null> {
  const { ffmpeg, signal, effort } = making;
  const options = { signal, effort, onSeconds: follow(making, 0, 0.4) };
  const log = await decoded(() => ffmpeg.run(measureArgs(work), options));
  const before = parseLoudness(log);
  const shapes = countShapes(log);
  // Without a single frame of sound ffmpeg can pad nothing, and fails.
  if (before === null || shapes === 0) return null;
  const heard = heardSeconds(log);
  if (shapes === 1) return { work, before, heard };

  const path = join(making.workDir, `${making.audio.tracks[0]?.name}.mkv`);
  await ffmpeg.run(steadyArgs(work, path), options);
  const steady = steadied(work, path);
  const { log: again } = await ffmpeg.run(measureArgs(steady), options);
  return { work: steady, before: parseLoudness(again) ?? before, heard };
}

/** The log of a run; empty where it ends twice by itself with an error: it is the sound, not the machine. */
async function decoded(run: () => Promise<{ log: string }>): Promise<string> {
  const byItself = (error: unknown) => error instanceof CatalogueError && typeof error.facts.exitCode === 'number';
  try {
    return (await run()).log;
  } catch (error) {
    if (!byItself(error)) throw error;
  }
  try {
    return (await run()).log;
  } catch (error) {
    if (!byItself(error)) throw error;
    return '';
  }
}

/** Makes the tracks, and again with another gain or ceiling where they came out too quiet, too loud, or with peaks too high; the best are kept. */
async function level(making: Making, work: AudioWork, before: Loudness) {
  const { ffmpeg, audio, outputPath, signal, effort } = making;
  const keptPath: MakeSound['outputPath'] = (track) => `${outputPath(track)}.kept`;
  const attempts: Attempt[] = [];
  let next: Levelling | null = levelling(before, audio);
  let kept = 0;
  while (next) {
    const options = { signal, effort, onSeconds: follow(making, 0.4, attempts.length === 0 ? 0.8 : 1) };
    await ffmpeg.run(audioArgs(work, next, outputPath), options);
    attempts.push({ ...next, ...(await measureMade(making)) });
    kept = best(attempts, before, audio);
    if (kept === attempts.length - 1) await move(audio.tracks, outputPath, keptPath);
    next = corrected(attempts, before, audio);
  }
  await move(audio.tracks, keptPath, outputPath);
  const { gainDb = 0, ceilingDb = null, lufs = silenceLufs, truePeakDb = null } = attempts[kept] ?? {};
  return { after: { lufs, truePeakDb }, gainDb, limited: ceilingDb !== null };
}

async function move(tracks: AudioPlan['tracks'], from: MakeSound['outputPath'], to: MakeSound['outputPath']) {
  for (const track of tracks) await rename(from(track), to(track));
}

/** What players will hear: the mean loudness of the bitrates, and the highest peak. */
async function measureMade({ ffmpeg, audio, outputPath, signal, effort }: Making): Promise<Loudness> {
  const found: Loudness[] = [];
  for (const track of audio.tracks) {
    const { log } = await ffmpeg.run(measureMadeArgs(outputPath(track)), { signal, effort });
    const loudness = parseLoudness(log);
    if (!loudness) throw new CatalogueError('OUTPUT_DAMAGED', `${track.name} cannot be decoded`);
    found.push(loudness);
  }
  const peaks = found.flatMap(({ truePeakDb }) => (truePeakDb === null ? [] : [truePeakDb]));
  const lufs = found.reduce((sum, loudness) => sum + loudness.lufs, 0) / found.length;
  return { lufs: Math.round(lufs * 100) / 100, truePeakDb: peaks.length > 0 ? Math.max(...peaks) : null };
}

const follow =
  ({ audio, progress }: MakeSound, from: number, to: number) =>
  (seconds: number) =>
    progress(from + (to - from) * Math.min(1, seconds / audio.durationSeconds));
