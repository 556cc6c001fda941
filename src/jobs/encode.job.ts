import { join } from 'node:path';
import { z } from 'zod';
import { encodeArgs } from '../ffmpeg/encode-args.ts';
import { fleetSchema } from '../plan/encode-plan.ts';
import { findEncodeTask } from '../plan/find-encode-task.ts';
import { defineJob } from './define-job.ts';
import { readEncoded, storeEncoded } from './encoded-rung.ts';

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

  async run({ payload, runs, tasks, sources, storage, ffmpeg, workDir, signal }) {
    // Delivered at least once: a committed task is done, and taking one shuts out whoever had it before.
    const task = await tasks.take(payload);
    if (task.committed) return;

    const plan = await runs.plan(payload.runId);
    const work = findEncodeTask(plan, payload.name);
    const sourcePath = await sources.local(plan.source.key, { signal });
    const outputPath = (rung: { name: string }) => join(workDir, `${rung.name}.mp4`);

    await ffmpeg.run(encodeArgs({ ...work, sourcePath, outputPath }, ffmpeg.tools), {
      signal,
      onFrame: (frames) => tasks.progress(task, Math.min(1, frames / work.segment.frames)),
    });

    const artefacts = [];
    for (const rung of work.rungs) {
      const encoded = await readEncoded(outputPath(rung), { ...work, rung });
      artefacts.push(...(await storeEncoded(encoded, { task, storage })));
    }
    await tasks.commit(task, artefacts); // refused where somebody has taken the task since
  },
});
