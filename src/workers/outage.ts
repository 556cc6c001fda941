import { z } from 'zod';

/**
 * What a job remembers while a service is away: since when its deliveries have met that in a row (ms since 1970), and how many have. It stands in the
 * queue as the job's progress, which nothing else of ours uses: payloads are checked and stay as they were made, and Postgres may be what is away.
 */
export interface Outage {
  awaySinceMs: number;
  waits: number;
}

const outageSchema = z.object({ awaySinceMs: z.number(), waits: z.number().int().positive() });

/** What a job's progress says of an outage; null where it has met none since it last met something else. */
export const readOutage = (progress: unknown): Outage | null => outageSchema.safeParse(progress).data ?? null;

/** A moment of judgement: what the deliveries before this one have met, and how long a service may be away, ms. */
export interface Patience {
  before: Outage | null;
  nowMs: number;
  longestMs: number;
}

/**
 * The outage with this delivery counted in; null where it has lasted too long. A service that is away says nothing of the job, so time bounds it and
 * not attempts. Yet two blips that a long encode lies between are no long outage: as many deliveries in a row as a job has attempts belong to it.
 */
export function goesOn({ before, nowMs, longestMs }: Patience, attempts: number): Outage | null {
  const outage = { awaySinceMs: before?.awaySinceMs ?? nowMs, waits: (before?.waits ?? 0) + 1 };
  const over = outage.waits >= attempts && nowMs - outage.awaySinceMs >= longestMs;
  return over ? null : outage;
}
