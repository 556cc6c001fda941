import type { Sql } from './client.ts';

const mostRemembered = 10_000;
/** Rotated every day, a chain is longer after a year than anybody needs; it bounds the walk. */
const longestChain = 1_000;

/**
 * Finds the first key of a chain of rotations: what it may and has done goes on with its successors. Looked up once for each key in each
 * process: a key's predecessor is written in the transaction that makes it, and stays.
 */
export function keyChains(sql: Sql): (key: { keyId: string; creatorId: string }) => Promise<string> {
  const heads = new Map<string, string>();
  return async ({ keyId, creatorId }) => {
    const known = heads.get(keyId);
    if (known !== undefined) return known;
    // All keys of a chain are one creator's: his are found by an index, successors are not.
    const [row] = await sql<{ id: string }>(
      `WITH RECURSIVE chain AS (
         SELECT $1::text AS id, 0 AS step
         UNION ALL
         SELECT k.id, c.step + 1 FROM chain c JOIN api_keys k ON k.successor_id = c.id
          WHERE k.creator_id = $2 AND c.step < $3)
       SELECT id FROM chain ORDER BY step DESC LIMIT 1`,
      [keyId, creatorId, longestChain],
    );
    const head = row?.id ?? keyId;
    const [oldest] = heads.keys();
    if (heads.size >= mostRemembered && oldest !== undefined) heads.delete(oldest);
    heads.set(keyId, head);
    return head;
  };
}
