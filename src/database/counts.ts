import type { Client } from './client.ts';
import type { Counts } from './database.ts';

/** See `Database.counts`. */
export async function readCounts({ sql }: Client): Promise<Counts> {
  const [videos, tasks, failed] = await Promise.all([
    sql<Counts['videos'][number]>('SELECT status, count(*)::int AS count FROM videos GROUP BY status'),
    sql<Counts['tasks'][number]>(
      `SELECT task.status, count(*)::int AS count FROM runs JOIN transcoding_tasks task ON task.run_id = runs.id
        WHERE runs.status = 'open' GROUP BY task.status`,
    ),
    sql<Counts['failed'][number]>(
      `SELECT coalesce(error_code, 'INTERNAL') AS code, count(*)::int AS count FROM videos WHERE status = 'failed' GROUP BY 1`,
    ),
  ]);
  return { videos, tasks, failed };
}
