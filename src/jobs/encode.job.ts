import { join } from 'node:path';
import { z } from 'zod';
import { fleetSchema } from '../plan/encode-plan.ts';
import { findEncodeTask, memoryOfTask } from '../plan/find-encode-task.ts';
import { answerMismatch } from './answer-mismatch.ts';
import { defineJob } from './define-job.ts';
import { storeEncoded } from './encoded-rung.ts';
import { makeSegment } from './make-segment.ts';

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

  memoryBytes: async ({ payload, runs }) => memoryOfTask(await runs.plan(payload.runId), payload.name),

  async run(context) {
    const { payload, runs, tasks, sources, storage, signal, workDir } = context;
    // Delivered at least once: a committed task is done, and taking one shuts out whoever had it before.
    const task = await tasks.take(payload);
    if (task.committed) return;

    const plan = await runs.plan(payload.runId);
    const work = findEncodeTask(plan, payload.name);
    const sourcePath = await sources.local(plan.source.key, { signal });
    const encoded = await makeSegment(context, {
      ...{ ...work, sourcePath },
      outputPath: (rung) => join(workDir, `${rung.name}.mp4`),
      onFrame: (frames) => tasks.progress(task, Math.min(1, frames / work.segment.frames)),
    }).catch(async (error: unknown) => {
      throw await answerMismatch(context, { task, work: { ...work, sourcePath } }, error);
    });

    const artefacts = await Promise.all(encoded.map((rung) => storeEncoded(rung, { task, storage })));
    await tasks.commit(task, artefacts.flat()); // refused where somebody has taken the task since
  },
});
