import type { Response } from 'express';
import type { Counter } from '../../database/rate-limits.ts';
import { CatalogueError } from '../../errors/catalogue-error.ts';
import { type Counted, rateLimitHeaders } from './rate-limit-headers.ts';

/** Counts a request for a limit and says on its answer what is left. Rejects with RATE_LIMITED; `who` begins the sentence. */
export async function countRequest(response: Response, counter: Counter, key: string, who: string): Promise<void> {
  const counted: Counted = { limit: counter, ...(await counter.take(key)) };
  tellQuota(response, counted);
  if (!counted.allowed) throw rateLimited(counter, who);
}

/** Adds a limit to those that an answer tells of. */
export function tellQuota(response: Response, counted: Counted): void {
  const all: Counted[] = [...(response.locals.counted ?? []), counted];
  response.locals.counted = all;
  response.set(rateLimitHeaders(all));
}

const rateLimited = ({ name, mostAMinute }: Counter, who: string): CatalogueError =>
  new CatalogueError('RATE_LIMITED', `${who} may send ${mostAMinute} requests a minute (${name}).`);
