import type { TakenTask } from '../jobs/services.ts';
import type { Logger } from '../log.ts';
import type { Client } from './client.ts';
import type { Notifier } from './notifier.ts';

/** A short clip is encoded in seconds. */
const intervalMs = 1_000;

/** Progress of all tasks of a process: kept in memory, written in one statement, the first at once, then at most once a second; never backward. */
export function createTaskProgress(client: Client, notifier: Notifier, log: Logger) {
  let latest = new Map<string, { task: TakenTask; fraction: number }>();
  let timer: NodeJS.Timeout | undefined;
  let writtenAt = Number.NEGATIVE_INFINITY;

  const write = async () => {
    clearTimeout(timer);
    timer = undefined;
    writtenAt = performance.now();
    const tasks = [...latest.values()];
    if (tasks.length === 0) return;
    latest = new Map();
    await client.sql(
      `UPDATE transcoding_tasks t SET progress = greatest(t.progress, now_at.fraction), waiting_since = NULL
         FROM unnest($1::text[], $2::int[], $3::float8[]) AS now_at (id, fence, fraction)
        WHERE t.id = now_at.id AND t.fence = now_at.fence AND t.status = 'running'
          AND (t.progress < now_at.fraction OR t.waiting_since IS NOT NULL)`,
      [tasks.map(({ task }) => task.id), tasks.map(({ task }) => task.fence), tasks.map(({ fraction }) => fraction)],
    );
    for (const videoId of new Set(tasks.map(({ task }) => task.videoId))) notifier.videoChanged(videoId);
  };

  return {
    report(task: TakenTask, fraction: number): void {
      const bounded = Math.min(1, Math.max(0, Number.isFinite(fraction) ? fraction : 0));
      if ((latest.get(task.id)?.fraction ?? -1) > bounded) return;
      latest.set(task.id, { task, fraction: bounded });
      const dueMs = Math.max(0, writtenAt + intervalMs - performance.now());
      timer ??= setTimeout(() => {
        write().catch((error: unknown) => log.warn({ err: error }, 'progress could not be written'));
      }, dueMs).unref();
    },
    flush: write,
  };
}
