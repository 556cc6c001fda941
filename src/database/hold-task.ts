import { CatalogueError } from '../errors/catalogue-error.ts';
import type { TakenTask } from '../jobs/services.ts';
import type { Sql } from './client.ts';
import { isFinal, type VideoStatus } from './video-state.ts';

export const fenceLost = (task: TakenTask): CatalogueError =>
  new CatalogueError('FENCE_LOST', `${task.name} was taken again since fence ${task.fence}`);

/**
 * Locks a task with its run and its video, in the order that every transaction keeps (video, run, task), for a commit
 * that writes on all three. `committed` where this very fence has committed before; rejects with FENCE_LOST or RUN_SUPERSEDED.
 */
export async function holdTask(sql: Sql, task: TakenTask): Promise<'held' | 'committed'> {
  const [video] = await sql<{ status: VideoStatus; run_id: string | null }>(
    'SELECT status, run_id FROM videos WHERE id = $1 FOR NO KEY UPDATE',
    [task.videoId],
  );
  const [run] = await sql<{ status: string }>('SELECT status FROM runs WHERE id = $1 FOR NO KEY UPDATE', [task.runId]);
  const [row] = await sql<{ fence: number; status: string }>(
    'SELECT fence, status FROM transcoding_tasks WHERE id = $1 FOR NO KEY UPDATE',
    [task.id],
  );
  if (!row || row.fence !== task.fence) throw fenceLost(task);
  if (row.status === 'completed') return 'committed';
  if (!video || isFinal(video.status) || video.run_id !== task.runId || run?.status !== 'open') {
    throw new CatalogueError('RUN_SUPERSEDED', `run ${task.runId} is ${run?.status}, its video ${video?.status}`);
  }
  return 'held';
}
