import { newId, newSeed } from '../ids.ts';
import type { Client } from './client.ts';

/** A request that may be sent again: whose it is, under which key, and the hash of all that it says. */
export interface RepeatableRequest {
  owner: string;
  key: string;
  fingerprint: string;
}

/** The right to answer a request: until then, and only while nobody else has taken it, which gives it another id. */
export interface Lease {
  id: string;
  until: Date;
}

/** An answer as it was given. */
export interface KeptAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

export type Begun =
  /** Ours to execute. `again`: somebody has begun before and did not end it, so what it makes may be there. */
  | { state: 'ours'; seed: string; lease: Lease; again: boolean }
  | { state: 'answered'; answer: KeptAnswer }
  | { state: 'in-flight' }
  /** The key stands for another request. */
  | { state: 'reused' };

/** Requests with an Idempotency-Key, and their answers. A lease is its own fence: whoever takes a request over gives it another id. */
export interface IdempotentRequests {
  /** Writes the row before anything is done. Takes a request over whose lease has passed, with the seed that it had. */
  begin(request: RepeatableRequest, leaseMs: number): Promise<Begun>;
  /** Null where the lease was lost. */
  renew(lease: Lease, leaseMs: number): Promise<Lease | null>;
  /** Keeps the answer. False where the lease was lost: then somebody else answers. */
  answer(lease: Lease, answer: KeptAnswer): Promise<boolean>;
  /** Gives an execution up that may have made something: the same request may be executed again at once, with the same seed. */
  release(lease: Lease): Promise<void>;
  /** Forgets a request that has made nothing: its key is free for another. */
  forget(lease: Lease): Promise<void>;
  /** Removes what was begun 24 h ago and is not being executed. Gives how many. */
  sweep(now: Date): Promise<number>;
}

const keptMs = 24 * 3_600_000;
/** A row that is swept or forgotten between two statements: the next insert finds room. */
const mostTries = 5;

interface Row {
  id: string;
  seed: string;
  until: Date;
  fingerprint: string;
  status: number | null;
  headers: Record<string, string>;
  body: string | null;
}

/** All times are Postgres's: clocks of machines differ. */
export function openIdempotentRequests({ sql }: Client): IdempotentRequests {
  async function begin(request: RepeatableRequest, leaseMs: number, tries: number): Promise<Begun> {
    const { owner, key, fingerprint } = request;
    const [ours] = await sql<Row & { again: boolean }>(
      `INSERT INTO idempotent_requests AS r (id, api_key_id, key, fingerprint, seed, locked_until)
       VALUES ($1, $2, $3, $4, $5, now() + $6 * interval '1 ms')
       ON CONFLICT (api_key_id, key) DO UPDATE SET id = excluded.id, locked_until = excluded.locked_until
         WHERE r.status IS NULL AND r.locked_until <= now() AND r.fingerprint = excluded.fingerprint
       RETURNING id, seed, locked_until AS until, seed <> $5 AS again`,
      [newId('idem'), owner, key, fingerprint, newSeed(), leaseMs],
    );
    if (ours) {
      return { state: 'ours', seed: ours.seed, lease: { id: ours.id, until: ours.until }, again: ours.again };
    }
    const [found] = await sql<Row>(
      `SELECT fingerprint, status, headers, body FROM idempotent_requests WHERE api_key_id = $1 AND key = $2`,
      [owner, key],
    );
    if (!found && tries < mostTries) return begin(request, leaseMs, tries + 1);
    if (!found) return { state: 'in-flight' };
    if (found.fingerprint !== fingerprint) return { state: 'reused' };
    if (found.status === null) return { state: 'in-flight' };
    return { state: 'answered', answer: { status: found.status, headers: found.headers, body: found.body ?? '' } };
  }

  return {
    begin: (request, leaseMs) => begin(request, leaseMs, 1),

    async renew({ id, until }, leaseMs) {
      const [row] = await sql<{ until: Date }>(
        `UPDATE idempotent_requests SET locked_until = now() + $3 * interval '1 ms'
          WHERE id = $1 AND locked_until = $2 AND status IS NULL RETURNING locked_until AS until`,
        [id, until, leaseMs],
      );
      return row ? { id, until: row.until } : null;
    },

    async answer({ id, until }, { status, headers, body }) {
      const kept = await sql(
        `UPDATE idempotent_requests SET status = $3, headers = $4, body = $5
          WHERE id = $1 AND locked_until = $2 AND status IS NULL RETURNING id`,
        [id, until, status, JSON.stringify(headers), body],
      );
      return kept.length > 0;
    },

    async release({ id, until }) {
      await sql(
        `UPDATE idempotent_requests SET locked_until = now() WHERE id = $1 AND locked_until = $2 AND status IS NULL`,
        [id, until],
      );
    },

    async forget({ id, until }) {
      await sql('DELETE FROM idempotent_requests WHERE id = $1 AND locked_until = $2 AND status IS NULL', [id, until]);
    },

    async sweep(now) {
      const swept = await sql(
        'DELETE FROM idempotent_requests WHERE created_at < $1 AND (status IS NOT NULL OR locked_until < $2) RETURNING id',
        [new Date(now.getTime() - keptMs), now],
      );
      return swept.length;
    },
  };
}
