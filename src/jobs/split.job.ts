import { z } from 'zod';
import { CatalogueError } from '../errors/catalogue-error.ts';
import { planEncode } from '../plan/plan-encode.ts';
import { planSound } from '../plan/plan-sound.ts';
import { policyOf } from '../plan/policy.ts';
import { planTasks, type SourceIdentity } from '../plan/task-specs.ts';
import { defineJob } from './define-job.ts';
import { readStoredIndex } from './read-index.ts';
import type { JobServices, SourceVideo } from './services.ts';

/** Plans the run and adds its jobs to the tree. It holds its place under `package`, which cannot start before. */
export const split = defineJob({
  name: 'split',
  queue: () => 'control',
  attempts: 5,
  backoff: { initialMs: 1_000, longestMs: 30_000 },
  timeoutMs: 5 * 60_000,

  payload: z.object({ videoId: z.string(), runId: z.string() }),

  taskName: () => 'split',

  async run(context) {
    const { payload, tasks, runs, videos, tree, ffmpeg } = context;
    const task = await tasks.take({ ...payload, name: 'split' });
    if (task.committed) return;

    const video = await videos.source(payload.videoId);
    const policy = policyOf(context.policy, video.policy);
    const probe = await runs.probe(payload.runId);
    const plan = probe.video
      ? planEncode(probe, await readStoredIndex(context.storage, probe), policy)
      : planSound(probe, policy);

    // Rows first: a job that is in the queue finds its task, and what is lost from the queue is found by its row.
    const specs = planTasks(await sourceIdentity(context.storage, video), plan, ffmpeg.tools.ffmpeg.version);
    await tasks.savePlan(task, plan, specs);
    await videos.advance(payload, 'transcoding');
    await tree.fanOut(payload, plan);
    await tasks.commit(task, []);
  },
});

/** Of the original, not of a remux: that is made again in each run that probes, from the same bytes. */
async function sourceIdentity(storage: JobServices['storage'], { originalKey }: SourceVideo): Promise<SourceIdentity> {
  const original = await storage.head(originalKey);
  if (!original)
    throw new CatalogueError('NOT_FOUND', 'The original is not in storage any more: upload the file again.');
  return { key: original.key, bytes: original.size, etag: original.etag };
}
