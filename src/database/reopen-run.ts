import { CatalogueError } from '../errors/catalogue-error.ts';
import type { TaskType } from '../plan/task-specs.ts';
import type { Client, Sql } from './client.ts';
import type { Database } from './database.ts';
import { holdVideoOf } from './task-outcomes.ts';
import type { TaskStatus } from './task-statuses.ts';
import { isFinal, statusOfWork } from './video-state.ts';

type TaskOf = Parameters<Database['runs']['reopen']>[0];

/** Takes a failed run up again. Gives its video, or null where the run is open already. See `Database.runs.reopen`. */
export async function reopenRun(client: Client, { runId, name }: TaskOf): Promise<{ videoId: string } | null> {
  return client.transaction(async (sql) => {
    const video = await holdVideoOf(sql, runId);
    if (!video) throw new CatalogueError('NOT_FOUND', `there is no run ${runId}`);
    const [run] = await sql<{ status: string }>('SELECT status FROM runs WHERE id = $1 FOR NO KEY UPDATE', [runId]);
    if (video.run_id !== runId) {
      throw new CatalogueError('RUN_SUPERSEDED', `run ${video.run_id} took the place of run ${runId}`);
    }
    const tasks = await sql<{ name: string; type: TaskType; status: TaskStatus }>(
      'SELECT name, type, status FROM transcoding_tasks WHERE run_id = $1 ORDER BY id FOR NO KEY UPDATE',
      [runId],
    );
    if (!tasks.some((task) => task.name === name)) {
      throw new CatalogueError('NOT_FOUND', `run ${runId} has no task ${name}`);
    }
    if (run?.status === 'open' && !isFinal(video.status)) return null;
    if (run?.status !== 'failed' || video.status !== 'failed') {
      const why = `only what failed is retried: run ${runId} is ${run?.status}, its video ${video.status}`;
      throw new CatalogueError('RUN_SUPERSEDED', why);
    }
    await reopenTasks(sql, runId);
    await sql(`UPDATE runs SET status = 'open', finished_at = NULL WHERE id = $1`, [runId]);
    await sql(
      `UPDATE videos SET status = $2::"VideoStatus", completed_at = NULL, error_code = NULL, error_detail = NULL
        WHERE id = $1`,
      [video.id, statusOfWork(tasks)],
    );
    return { videoId: video.id };
  });
}

/**
 * What the run's end left `running` is either given up (a death that never was would be counted at its next take) or still
 * worked on: then it is committed by its fence, whatever its row says.
 */
async function reopenTasks(sql: Sql, runId: string): Promise<void> {
  await sql(
    `UPDATE transcoding_tasks
        SET status = 'retrying', retry_count = retry_count + 1, deaths = 0, died_with = '{}',
            completed_at = NULL, error_code = NULL, error_detail = NULL, waiting_since = NULL
      WHERE run_id = $1 AND status = 'failed'`,
    [runId],
  );
  await sql(`UPDATE transcoding_tasks SET status = 'pending' WHERE run_id = $1 AND status = 'running'`, [runId]);
}
