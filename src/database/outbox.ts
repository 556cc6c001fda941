import type { Client, Sql } from './client.ts';
import type { Database, OutboxEntry } from './database.ts';
import { text } from './json.ts';
import { listenOn } from './listen.ts';
import { outboxChannel } from './notifier.ts';

/** Adds an entry to the transaction that writes what it tells of. `runId` is empty for a video that never had a run. */
export async function addToOutbox(
  sql: Sql,
  entry: { topic: OutboxEntry['topic']; videoId: string; runId: string },
): Promise<void> {
  await sql('INSERT INTO outbox (topic, video_id, payload) VALUES ($1, $2, $3)', [
    entry.topic,
    entry.videoId,
    JSON.stringify({ runId: entry.runId }),
  ]);
}

/** Milliseconds until a failed delivery is tried again: at once the first time, then ever longer, up to 10 s. */
export const retryDelayMs = (failures: number): number => (failures <= 1 ? 0 : Math.min(10_000, 250 * 2 ** failures));

export function openOutbox(
  client: Client,
  options: { url: string; onLost: (error: unknown) => void },
): Database['outbox'] {
  return {
    async send(deliver, most) {
      let sent = 0;
      let last = '0';
      for (let count = 0; count < most; count += 1) {
        const outcome = await client.transaction((sql) => sendNext(sql, deliver, last));
        if (!outcome) break;
        last = outcome.id;
        if (outcome.delivered) sent += 1;
      }
      return sent;
    },
    listen: (onEntry) => listenOn(outboxChannel, onEntry, options),
  };
}

/** Delivers the oldest waiting entry after `last` that no other sender holds; null where there is none. */
async function sendNext(
  sql: Sql,
  deliver: (entry: OutboxEntry) => Promise<void>,
  last: string,
): Promise<{ id: string; delivered: boolean } | null> {
  const [entry] = await sql<OutboxEntry & { attempts: number }>(
    `SELECT id, topic, video_id AS "videoId", payload, attempts FROM outbox
      WHERE sent_at IS NULL AND id > $1::bigint AND retry_at <= now()
      ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED`,
    [last],
  );
  if (!entry) return null;
  const { id, topic, videoId, payload, attempts } = entry;
  try {
    await deliver({ id, topic, videoId, payload });
  } catch (error) {
    await sql(
      `UPDATE outbox SET attempts = attempts + 1, last_error = $2,
              retry_at = now() + $3 * interval '1 millisecond' WHERE id = $1::bigint`,
      [id, text(String(error)).slice(0, 2_000), retryDelayMs(attempts + 1)],
    );
    return { id, delivered: false };
  }
  await sql('UPDATE outbox SET attempts = attempts + 1, sent_at = now(), last_error = NULL WHERE id = $1::bigint', [
    id,
  ]);
  return { id, delivered: true };
}
