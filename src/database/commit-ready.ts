import type { FinishedVideo, TakenTask } from '../jobs/services.ts';
import type { Client } from './client.ts';
import { holdTask } from './hold-task.ts';
import { json } from './json.ts';
import { addToOutbox } from './outbox.ts';
import { reportSql } from './report.ts';
import { writeCommits } from './write-commits.ts';

/** Finalize, its run and its video, done together, with the news of it. True where it is done by this call. */
export async function commitReady(client: Client, task: TakenTask, outputs: FinishedVideo): Promise<boolean> {
  return client.transaction(async (sql) => {
    if ((await holdTask(sql, task)) === 'committed') return false;
    await writeCommits(sql, [{ task, artefacts: [] }]);
    await sql("UPDATE runs SET status = 'completed', finished_at = now() WHERE id = $1", [task.runId]);
    await sql(
      `UPDATE videos SET status = 'ready', playable = true, completed_at = now(), error_code = NULL, error_detail = NULL,
              hls_key = $2, dash_key = $3, poster_key = $4, thumbnails_key = $5 WHERE id = $1`,
      [task.videoId, outputs.hlsKey, outputs.dashKey, outputs.posterKey, outputs.thumbnailsKey],
    );
    await sql(reportSql, [task.videoId, task.runId, json(outputs.warnings)]);
    await addToOutbox(sql, { topic: 'video.ready', videoId: task.videoId, runId: task.runId });
    return true;
  });
}
