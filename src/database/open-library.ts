import type { Client } from './client.ts';
import { text } from './json.ts';
import { keepRead } from './keep-read.ts';
import type { Library } from './library.ts';
import { madeOf, plannedOf } from './library-renditions.ts';
import { findRun, findTask, listRuns, listTasks } from './library-runs.ts';
import type { Notifier } from './notifier.ts';

/** Runs of which is kept what does not change: some kB each, and of a long video a tenth of a second to count. */
const mostKept = 500;

export function openLibrary(client: Client, notifier: Notifier): Library {
  const { sql } = client;
  const whole = keepRead(mostKept, (runId) => madeOf(sql, runId));
  return {
    async change(videoId, { title, playback }, from) {
      const changed = await sql(
        `UPDATE videos SET title = coalesce($2, title), playback = coalesce($3, playback)
          WHERE id = $1 AND status <> 'removed' AND ($4::text IS NULL OR (title, playback) = ($4, $5)) RETURNING id`,
        [videoId, title && text(title), playback, from?.title ?? null, from?.playback ?? null],
      );
      if (changed.length > 0) notifier.videoChanged(videoId);
      return changed.length > 0;
    },

    runs: (videoId) => listRuns(sql, videoId),
    run: (videoId, idOrNumber) => findRun(sql, videoId, idOrNumber),
    tasks: (runId, filter, page) => listTasks(sql, runId, filter, page),
    task: (ref) => findTask(sql, ref),
    planned: keepRead(mostKept, (runId) => plannedOf(sql, runId)),
    made: (runId, { done }) => (done ? whole(runId) : madeOf(sql, runId)),
  };
}
