import type { Client } from './client.ts';
import type { Database } from './database.ts';

export function openWorkers(client: Client): Database['workers'] {
  return {
    async heartbeat(worker) {
      await client.sql(
        `INSERT INTO workers (id, fleet, host, pid, queues, slots, current_task, sandbox) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (id) DO UPDATE SET queues = excluded.queues, slots = excluded.slots, current_task = excluded.current_task,
                                        sandbox = excluded.sandbox, last_seen_at = now(), stopped_at = NULL`,
        [
          worker.id,
          worker.fleet,
          worker.host,
          worker.pid,
          worker.queues,
          worker.slots,
          worker.currentTask,
          worker.sandbox,
        ],
      );
    },
    async stopped(id) {
      await client.sql('UPDATE workers SET stopped_at = now(), current_task = NULL WHERE id = $1', [id]);
    },
    live: () =>
      client.sql(
        // three heartbeats
        `SELECT fleet, coalesce(sandbox, 'unknown') AS sandbox, count(*)::int AS count FROM workers
          WHERE last_seen_at > now() - interval '15 seconds' AND stopped_at IS NULL GROUP BY 1, 2 ORDER BY 1, 2`,
      ),
  };
}
