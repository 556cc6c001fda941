import { createHash, randomBytes } from 'node:crypto';
import { CatalogueError } from '../errors/catalogue-error.ts';
import { newId } from '../ids.ts';
import type { ApiKeys, IssuedKey, KeyRow, KeySeed, NewKey } from './api-keys.ts';
import type { Client, Sql } from './client.ts';
import { endOfSuccessor, isLastAdmin, refuseRotation } from './key-state.ts';
import { knownScopes } from './scopes.ts';

const secretBytes = 32;

/** A secret that says what it is for: `rm_…` is a key. */
export const newSecret = (prefix: 'rm' | 'login' | 'session', bytes: Buffer = randomBytes(secretBytes)): string =>
  `${prefix}_${bytes.toString('base64url')}`;

/** What is kept of a secret. They are random and long: a plain hash keeps them as well as a slow one, and is looked up by an index. Pure. */
export const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');

/** Makes, lists, rotates and revokes API keys. */
export function keyOffice({
  sql,
  transaction,
}: Client): Pick<ApiKeys, 'issue' | 'find' | 'list' | 'revoke' | 'rotate'> {
  return {
    issue: (key, seed) => insert(sql, key, seed),

    async find(id) {
      const [row] = await sql<StoredKey>(`SELECT ${columns} FROM api_keys WHERE id = $1`, [id]);
      return row ? keyRow(row) : null;
    },

    async list({ creatorId, before, limit }) {
      const rows = await sql<StoredKey>(
        `SELECT ${columns} FROM api_keys
          WHERE ($1::text IS NULL OR creator_id = $1) AND ($2::text IS NULL OR id < $2) ORDER BY id DESC LIMIT $3`,
        [creatorId ?? null, before ?? null, limit],
      );
      return rows.map(keyRow);
    },

    revoke: (id, { keepAdmin }) =>
      transaction(async (sql) => {
        // All that can be the last, in one order: of two requests that revoke each other's key the second waits, and sees.
        const admins = await sql<{ id: string; replaced: boolean }>(
          `SELECT id, successor_id IS NOT NULL AS replaced FROM api_keys
            WHERE 'admin' = ANY (scopes) AND ${valid} ORDER BY id FOR UPDATE`,
        );
        if (keepAdmin && isLastAdmin(id, admins)) {
          throw new CatalogueError('KEY_CONFLICT', `${id} is the last valid key with the scope admin.`);
        }
        const revoked = await sql(
          'UPDATE api_keys SET revoked_at = coalesce(revoked_at, now()) WHERE id = $1 RETURNING id',
          [id],
        );
        return revoked.length > 0;
      }),

    rotate: (id, { overlapSeconds, seed = freshSeed() }) =>
      transaction(async (sql) => {
        const old = await lock(sql, id);
        if (!old) return null;
        const made = await lock(sql, seed.id);
        if (made) return { ...(await insert(sql, made, seed)), oldExpiresAt: old.expiresAt ?? new Date() };
        const replaced = old.successorId ? await lock(sql, old.successorId) : null;
        const now = new Date();
        refuseRotation(old, replaced, now);
        const issued = await insert(sql, { ...keyRow(old), expiresAt: endOfSuccessor(replaced ?? old, now) }, seed);
        const [ended] = await sql<{ expiresAt: Date }>(
          `UPDATE api_keys SET successor_id = $2, expires_at = least(expires_at, $3) WHERE id = $1
           RETURNING expires_at AS "expiresAt"`,
          [id, issued.key.id, new Date(now.getTime() + overlapSeconds * 1_000)],
        );
        return { ...issued, oldExpiresAt: ended?.expiresAt ?? now };
      }),
  };
}

const valid = 'revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())';

const columns = `id, creator_id AS "creatorId", name, plan, scopes, created_at AS "createdAt", expires_at AS "expiresAt",
  revoked_at AS "revokedAt", successor_id AS "successorId"`;

interface StoredKey extends Omit<KeyRow, 'scopes'> {
  scopes: string[];
}

const keyRow = (stored: StoredKey | KeyRow): KeyRow => ({ ...stored, scopes: knownScopes(stored.scopes) });

async function lock(sql: Sql, id: string): Promise<KeyRow | null> {
  const [row] = await sql<StoredKey>(`SELECT ${columns} FROM api_keys WHERE id = $1 FOR UPDATE`, [id]);
  return row ? keyRow(row) : null;
}

const freshSeed = (): KeySeed => ({ id: newId('key'), secretBytes: randomBytes(secretBytes) });

/**
 * The key of a seed: of two executions of a request the second finds what the first has made, and tells the same. Its secret is another only
 * where REELMILL_SECRET was changed between them: then the first was told to nobody.
 */
async function insert(
  sql: Sql,
  { creatorId, plan, scopes, name, expiresAt }: NewKey,
  seed: KeySeed = freshSeed(),
): Promise<IssuedKey> {
  const secret = newSecret('rm', seed.secretBytes);
  const [row] = await sql<StoredKey>(
    `INSERT INTO api_keys (id, hash, creator_id, plan, scopes, name, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (id) DO UPDATE SET hash = excluded.hash RETURNING ${columns}`,
    [seed.id, hashOf(secret), creatorId, plan, [...scopes], name, expiresAt ?? null],
  );
  if (!row) throw new Error('an insert gave no row');
  return { key: keyRow(row), secret };
}
