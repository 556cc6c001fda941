import { join } from 'node:path';
import { z } from 'zod';
import { CatalogueError } from '../errors/catalogue-error.ts';
import { type AudioWork, audioArgs, measureArgs, silenceArgs } from '../ffmpeg/audio-args.ts';
import { type Levelling, type Loudness, levelling, parseLoudness } from '../ffmpeg/loudness.ts';
import { audioRendition } from '../packaging/packager-args.ts';
import { type PlainTrack, readPlainTrack } from '../packaging/plain-track.ts';
import { readBoxesOfFile } from '../packaging/read-boxes.ts';
import type { AudioPlan } from '../plan/encode-plan.ts';
import { segmentsPrefix } from '../storage/keys.ts';
import { defineJob, type JobContext } from './define-job.ts';
import type { Artefact, TakenTask } from './services.ts';
import { storeFile } from './store-artefact.ts';

/** Makes every track of the sound, whole: measured, then brought to the target loudness by one gain. */
export const audio = defineJob({
  name: 'audio',
  queue: () => 'media',
  attempts: 3,
  backoff: { initialMs: 1_000, longestMs: 60_000 },
  timeoutMs: 2 * 3_600_000,

  payload: z.object({ videoId: z.string(), runId: z.string() }),

  taskName: () => 'audio',

  async run(context) {
    const { payload, runs, tasks, sources, storage, signal, workDir } = context;
    const task = await tasks.take({ ...payload, name: 'audio' });
    if (task.committed) return;

    const plan = await runs.plan(payload.runId);
    const path = await sources.local(plan.source.key, { signal });
    const outputPath = (track: { name: string }) => join(workDir, `${track.name}.m4a`);
    const artefacts: Artefact[] = [];
    for (const audio of plan.audio) {
      const work = { source: { path, demuxer: plan.source.demuxer }, audio };
      const facts = await makeTracks(context, task, work, outputPath);
      for (const track of audio.tracks) {
        const header = readPlainTrack(await readBoxesOfFile(['moov'], outputPath(track)));
        checkLength(track.name, header, audio);
        artefacts.push(
          await storeFile(
            storage,
            {
              kind: 'audio',
              rendition: audioRendition(track),
              key: `${segmentsPrefix(task)}/${track.name}.m4a`,
              contentType: 'audio/mp4',
              facts: {
                ...facts,
                samples: header.samples,
                timescale: header.timescale,
                ticks: header.presentedDuration,
              },
            },
            outputPath(track),
          ),
        );
      }
    }
    await tasks.commit(task, artefacts);
  },
});

/** What was measured and done, for the report. `before` is null where nothing of the stream could be decoded. */
interface AudioFacts {
  before: Loudness | null;
  after: Loudness | null;
  gainDb: number;
  limited: boolean;
}

async function makeTracks(
  { ffmpeg, tasks, signal, log }: Pick<JobContext<never>, 'ffmpeg' | 'tasks' | 'signal' | 'log'>,
  task: TakenTask,
  work: AudioWork,
  outputPath: (track: { name: string }) => string,
): Promise<AudioFacts> {
  const follow = (from: number, share: number) => (seconds: number) =>
    tasks.progress(task, from + share * Math.min(1, seconds / work.audio.durationSeconds));

  const measured = await ffmpeg.run(measureArgs(work), { signal, onSeconds: follow(0, 0.4) });
  const before = parseLoudness(measured.log);
  if (before === null) {
    log.warn({ streamIndex: work.audio.streamIndex }, 'no sound could be decoded, making silence');
    await ffmpeg.run(silenceArgs(work.audio, outputPath), { signal, onSeconds: follow(0.4, 0.6) });
    return { before, after: null, gainDb: 0, limited: false };
  }
  const levels: Levelling = levelling(before, work.audio);
  const made = await ffmpeg.run(audioArgs(work, levels, outputPath), { signal, onSeconds: follow(0.4, 0.6) });
  return { before, after: parseLoudness(made.log), gainDb: levels.gainDb, limited: levels.limit };
}

/** The container's edit list counts in milliseconds. */
function checkLength(name: string, track: PlainTrack, plan: AudioPlan): void {
  const seconds = track.presentedDuration / track.timescale;
  if (track.handler === 'soun' && Math.abs(seconds - plan.durationSeconds) < 0.01) return;
  const detail = `${name} is ${seconds.toFixed(3)} s long, not ${plan.durationSeconds.toFixed(3)} s`;
  throw new CatalogueError('OUTPUT_DAMAGED', detail);
}
