import { newId } from '../ids.ts';
import { type SourceIdentity, skeletonTasks } from '../plan/task-specs.ts';
import { addTasks } from './add-tasks.ts';
import { adoptCommitted } from './adopt-tasks.ts';
import type { Sql } from './client.ts';
import { addToOutbox } from './outbox.ts';

/**
 * The next run of a video: its row, the skeleton's tasks (what earlier runs committed is taken over) and the outbox
 * entry that puts it into the queue. For a transaction that holds the video's row. Gives the run's id.
 */
export async function startRun(
  sql: Sql,
  video: { id: string; source: SourceIdentity },
  run: { number: number; reason: string },
): Promise<string> {
  const runId = newId('run');
  await sql('INSERT INTO runs (id, video_id, number, reason) VALUES ($1, $2, $3, $4)', [
    runId,
    video.id,
    run.number,
    run.reason,
  ]);
  await sql('UPDATE videos SET run_id = $2 WHERE id = $1', [video.id, runId]);
  await addTasks(sql, { videoId: video.id, runId, inputKey: video.source.key }, skeletonTasks(video.source, runId));
  if (run.number > 1) await adoptCommitted(sql, runId, null);
  await addToOutbox(sql, { topic: 'run.submit', videoId: video.id, runId });
  return runId;
}
