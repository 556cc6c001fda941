import { type Client, sqlOf, withConnection } from './client.ts';
import type { Database } from './database.ts';

/** Numbers of the session locks; any that no other program on the server uses. */
const locks = { reconcile: 52_411_801 };

export const exclusively =
  (client: Client): Database['exclusively'] =>
  (lock, work) =>
    withConnection(client.pool, async (connection) => {
      const sql = sqlOf(connection);
      const [row] = await sql<{ locked: boolean }>('SELECT pg_try_advisory_lock($1) AS locked', [locks[lock]]);
      if (!row?.locked) return false;
      try {
        await work();
      } finally {
        // Where the connection is gone, so is the lock.
        await sql('SELECT pg_advisory_unlock($1)', [locks[lock]]).catch(() => {});
      }
      return true;
    });
