import { CatalogueError } from '../errors/catalogue-error.ts';
import type { Client } from './client.ts';
import type { Database, OpenRun, Priority } from './database.ts';
import type { Notifier } from './notifier.ts';
import { rebuildRun } from './rebuild-run.ts';
import { reopenRun } from './reopen-run.ts';
import { finalStatuses } from './video-state.ts';

export function openRuns(client: Client, notifier: Notifier): Database['runs'] {
  return {
    open: () =>
      client.sql<OpenRun>(
        `SELECT v.id AS "videoId", r.id AS "runId", v.creator_id AS "creatorId", v.priority,
                EXISTS (SELECT FROM outbox o WHERE o.sent_at IS NULL AND o.topic = 'run.submit' AND o.video_id = v.id
                         AND o.payload->>'runId' = r.id) AS "waitsInOutbox",
                coalesce((SELECT json_agg(json_build_object('name', t.name, 'status', t.status) ORDER BY t.id)
                            FROM transcoding_tasks t WHERE t.run_id = r.id AND t.status <> 'completed'), '[]') AS "openTasks"
           FROM runs r JOIN videos v ON v.id = r.video_id AND v.run_id = r.id
          WHERE r.status = 'open' AND v.status <> ALL ($1::"VideoStatus"[]) ORDER BY r.id`,
        [finalStatuses],
      ),

    async submitted(runId) {
      await client.sql('UPDATE runs SET submitted_at = now() WHERE id = $1', [runId]);
    },

    async rebuild(runId, reason) {
      const rebuilt = await rebuildRun(client, runId, reason);
      if (!rebuilt) return null;
      notifier.outboxEntry();
      notifier.videoChanged(rebuilt.videoId);
      return rebuilt.runId;
    },

    async reopen(task) {
      const reopened = await reopenRun(client, task);
      if (reopened) notifier.videoChanged(reopened.videoId);
      return reopened !== null;
    },

    async ordering(runId) {
      const [row] = await client.sql<{ videoId: string; priority: Priority; backlog: number }>(
        `SELECT v.id AS "videoId", v.priority,
                (SELECT count(*)::int FROM videos other
                   JOIN runs r ON r.id = other.run_id AND r.status = 'open'
                   JOIN transcoding_tasks t ON t.run_id = r.id AND t.type = 'transcode' AND t.status NOT IN ('completed', 'failed')
                  WHERE other.creator_id = v.creator_id) AS backlog
           FROM runs JOIN videos v ON v.id = runs.video_id WHERE runs.id = $1`,
        [runId],
      );
      if (!row) throw new CatalogueError('NOT_FOUND', `there is no run ${runId}`);
      return row;
    },

    async isCurrent(runId) {
      const rows = await client.sql(
        `SELECT FROM runs r JOIN videos v ON v.id = r.video_id AND v.run_id = r.id
          WHERE r.id = $1 AND r.status = 'open' AND v.status <> ALL ($2::"VideoStatus"[])`,
        [runId, finalStatuses],
      );
      return rows.length > 0;
    },
  };
}
