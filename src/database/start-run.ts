import { newId } from '../ids.ts';
import { type SourceIdentity, skeletonTasks, type TaskType } from '../plan/task-specs.ts';
import { addTasks } from './add-tasks.ts';
import { adoptCommitted } from './adopt-tasks.ts';
import type { Sql } from './client.ts';
import { addToOutbox } from './outbox.ts';

/**
 * The next run of a video: its row, the skeleton's tasks (what earlier runs committed is taken over) and the outbox
 * entry that puts it into the queue. `decodeIndex`: its probe decodes all of the picture. `redo`: types of tasks of which
 * nothing is taken over from earlier runs. For a transaction that holds the video's row. Gives the run's id.
 */
export async function startRun(
  sql: Sql,
  video: { id: string; source: SourceIdentity },
  run: { id?: string; number: number; reason: string; decodeIndex?: boolean; redo?: readonly TaskType[] },
): Promise<string> {
  const { id: runId = newId('run'), number, reason, decodeIndex = false, redo = [] } = run;
  await sql(
    'INSERT INTO runs (id, video_id, number, reason, decode_index, redo) VALUES ($1, $2, $3, $4, $5, $6::"TaskType"[])',
    [runId, video.id, number, reason, decodeIndex, redo],
  );
  await sql('UPDATE videos SET run_id = $2 WHERE id = $1', [video.id, runId]);
  const specs = skeletonTasks(video.source, runId, { decodeIndex });
  await addTasks(sql, { videoId: video.id, runId, inputKey: video.source.key }, specs);
  if (number > 1) await adoptCommitted(sql, runId, null);
  await addToOutbox(sql, { topic: 'run.submit', videoId: video.id, runId });
  return runId;
}
