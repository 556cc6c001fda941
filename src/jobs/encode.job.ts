import { join } from 'node:path';
import { z } from 'zod';
import { CatalogueError } from '../errors/catalogue-error.ts';
import { encodeArgs } from '../ffmpeg/encode-args.ts';
import { fleetSchema, type Rung, type Segment } from '../plan/encode-plan.ts';
import { findEncodeTask } from '../plan/find-encode-task.ts';
import { defineJob } from './define-job.ts';
import { type EncodedRung, readEncoded, storeEncoded } from './encoded-rung.ts';

/** Encodes one segment in one codec into one group of rungs: one decode, on the fleet that its encoder needs. */
export const encode = defineJob({
  name: 'encode',
  queue: ({ fleet }) => `encode-${fleet}` as const,
  attempts: 3,
  backoff: { initialMs: 1_000, longestMs: 60_000 },
  // A job is planned at 15 CPU-seconds, but a source without trustworthy times is one job however long it is; what
  // hangs is stopped much earlier, by its progress.
  timeoutMs: 4 * 3_600_000,

  payload: z.object({ videoId: z.string(), runId: z.string(), name: z.string(), fleet: fleetSchema }),

  taskName: ({ name }) => name,

  async run({ payload, runs, tasks, sources, storage, ffmpeg, workDir, signal, log }) {
    // Delivered at least once: a committed task is done, and taking one shuts out whoever had it before.
    const task = await tasks.take(payload);
    if (task.committed) return;

    const plan = await runs.plan(payload.runId);
    const work = findEncodeTask(plan, payload.name);
    const sourcePath = await sources.local(plan.source.key, { signal });
    const make = async (segment: Segment): Promise<EncodedRung[]> => {
      const outputPath = (rung: Rung) => join(workDir, `${rung.name}.mp4`);
      await ffmpeg.run(encodeArgs({ ...work, segment, sourcePath, outputPath }, ffmpeg.tools), {
        signal,
        onFrame: (frames) => tasks.progress(task, Math.min(1, frames / segment.frames)),
      });
      return Promise.all(work.rungs.map((rung) => readEncoded(outputPath(rung), { ...work, segment, rung })));
    };
    const encoded = await make(work.segment).catch((error: unknown) => {
      // Some keyframes are none: a stream with intra refresh needs some pictures before it is whole. From the beginning
      // of the file every frame that can be decoded is; who still misses one is told so.
      if (work.segment.seek === null || !isFramesMismatch(error)) throw error;
      log.warn({ ...payload, err: error }, 'segment lacks frames: decoding again from the beginning of the source');
      return make({ ...work.segment, seek: null });
    });

    const artefacts = await Promise.all(encoded.map((rung) => storeEncoded(rung, { task, storage })));
    await tasks.commit(task, artefacts.flat()); // refused where somebody has taken the task since
  },
});

const isFramesMismatch = (error: unknown): boolean =>
  error instanceof CatalogueError && error.code === 'ENCODE_FRAMES_MISMATCH';
