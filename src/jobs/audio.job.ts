import { join } from 'node:path';
import { z } from 'zod';
import { CatalogueError } from '../errors/catalogue-error.ts';
import { type PlainTrack, readPlainTrack } from '../packaging/plain-track.ts';
import { readBoxesOfFile } from '../packaging/read-boxes.ts';
import { audioRendition } from '../packaging/sounds.ts';
import type { AudioPlan } from '../plan/encode-plan.ts';
import { segmentsPrefix } from '../storage/keys.ts';
import { defineJob } from './define-job.ts';
import { makeSound } from './make-sound.ts';
import type { Artefact } from './services.ts';
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
    const { payload, runs, tasks, sources, storage, ffmpeg, signal, workDir, log } = context;
    const task = await tasks.take({ ...payload, name: 'audio' });
    if (task.committed) return;

    const plan = await runs.plan(payload.runId);
    const path = await sources.local(plan.source.key, { signal });
    const source = { path, demuxer: plan.source.demuxer };
    const outputPath = (track: { name: string }) => join(workDir, `${track.name}.m4a`);
    const artefacts: Artefact[] = [];
    for (const [position, audio] of plan.audio.entries()) {
      const progress = (fraction: number) => tasks.progress(task, (position + fraction) / plan.audio.length);
      const report = await makeSound({ ffmpeg, signal, source, audio, workDir, outputPath, progress });
      if (report.unreadable) log.warn({ streamIndex: audio.streamIndex }, 'no sound could be decoded, made silence');
      for (const track of audio.tracks) {
        const header = readPlainTrack(await readBoxesOfFile(['moov'], outputPath(track)));
        checkLength(track.name, header, audio);
        const { samples, timescale, presentedDuration: ticks } = header;
        artefacts.push(
          await storeFile(
            storage,
            {
              kind: 'audio',
              rendition: audioRendition(track),
              key: `${segmentsPrefix(task)}/${track.name}.m4a`,
              contentType: 'audio/mp4',
              facts: { ...report, samples, timescale, ticks },
            },
            outputPath(track),
          ),
        );
      }
    }
    await tasks.commit(task, artefacts);
  },
});

/** The container's edit list counts in milliseconds. */
function checkLength(name: string, track: PlainTrack, plan: AudioPlan): void {
  const seconds = track.presentedDuration / track.timescale;
  if (track.handler === 'soun' && Math.abs(seconds - plan.durationSeconds) < 0.01) return;
  const detail = `${name} is ${seconds.toFixed(3)} s long, not ${plan.durationSeconds.toFixed(3)} s`;
  throw new CatalogueError('OUTPUT_DAMAGED', detail);
}
