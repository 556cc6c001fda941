import type { Sql } from './client.ts';
import type { VideoFilter, VideoPlace } from './library.ts';

/** Ids of the videos of a page. See `Database.videos.list`. */
export async function listVideoIds(
  sql: Sql,
  filter: VideoFilter,
  { behind, most }: { behind: VideoPlace | null; most: number },
): Promise<string[]> {
  const found = await sql<{ id: string }>(listSql(filter), [
    behind?.createdAt ?? 'infinity',
    behind?.id ?? '',
    filter.from ?? '-infinity',
    filter.before ?? 'infinity',
    most,
    ...(filter.states ? [filter.states] : []),
    ...(filter.creatorId === null ? [] : [filter.creatorId]),
  ]);
  return found.map(({ id }) => id);
}

/**
 * One of four statements, each of which walks an index backward and stops when the page is full. Of several states the newest of each are put
 * together: one walk over all videos would read them all where a state is rare.
 */
export function listSql({ states, creatorId }: Pick<VideoFilter, 'states' | 'creatorId'>): string {
  const creator = creatorId === null ? '' : `AND creator_id = $${states ? 7 : 6}`;
  const page = (condition: string) =>
    `SELECT id, created_at FROM videos
      WHERE (created_at, id) < ($1::timestamptz, $2) AND created_at >= $3::timestamptz AND created_at < $4::timestamptz
        AND ${condition} ${creator} ORDER BY created_at DESC, id DESC LIMIT $5`;
  if (!states) return page(`status <> 'removed'`);
  return `SELECT found.id FROM unnest($6::"VideoStatus"[]) AS wanted (state)
      CROSS JOIN LATERAL (${page('status = wanted.state')}) AS found ORDER BY found.created_at DESC, found.id DESC LIMIT $5`;
}
