import { createHash } from 'node:crypto';
import type { ErrorRequestHandler, Request, RequestHandler } from 'express';
import { type Counter, memoryCounter } from '../../database/rate-limits.ts';
import { CatalogueError } from '../../errors/catalogue-error.ts';
import { readCookie, sessionCookie } from '../access/auth.ts';
import { addressOf } from './address-key.ts';
import { tellQuota } from './count-request.ts';
import { createRecent } from './recent.ts';

const mostRemembered = 10_000;
const goodForMs = 3_600_000;
const badForMs = 60_000;

/**
 * Bounds how often an address may fail to authenticate. Over the bound a failure answers RATE_LIMITED and no longer UNAUTHENTICATED, and
 * until the minute is over
 *  - nothing is asked of the database for a request without a key, or with one that has failed before;
 *  - a key that this process knows as good passes, as it always does: one broken script locks nobody out of an office behind one address;
 *  - a key that it does not know is looked up, as often again as failures are allowed. So no guess is free, and a good key that is new here
 *    passes all the same, unless somebody guesses at that moment.
 *
 * `guard` stands before authentication, `count` takes its errors.
 */
export function authFailures(failures: Counter): { guard: RequestHandler; count: ErrorRequestHandler } {
  const lookups = memoryCounter('lookups', failures.mostAMinute);
  const blocked = createRecent(mostRemembered);
  const good = createRecent(mostRemembered);
  const bad = createRecent(mostRemembered);
  const refused = () =>
    new CatalogueError(
      'RATE_LIMITED',
      `This address has failed to authenticate more than ${failures.mostAMinute} times in a minute (${failures.name}).`,
    );

  return {
    guard: async (request, response, next) => {
      const address = addressOf(request);
      const key = credentialHash(request);
      response.locals.guarded = true;
      response.once('finish', () => {
        if (key && response.locals.caller) good.add(key, goodForMs);
      });
      const resetMs = blocked.msLeft(address);
      if (resetMs > 0 && !(await mayTry(key, address))) {
        tellQuota(response, { limit: failures, allowed: false, remaining: 0, resetMs });
        throw refused();
      }
      next();
    },

    count: async (error, request, response, _next) => {
      if (!response.locals.guarded || !(error instanceof CatalogueError) || error.code !== 'UNAUTHENTICATED')
        throw error;
      const address = addressOf(request);
      const key = credentialHash(request);
      if (key) {
        good.delete(key);
        bad.add(key, badForMs);
      }
      const quota = await failures.take(address);
      tellQuota(response, { limit: failures, ...quota });
      if (quota.allowed) throw error;
      blocked.add(address, quota.resetMs);
      throw refused();
    },
  };

  async function mayTry(key: string | null, address: string): Promise<boolean> {
    if (!key || bad.has(key)) return false;
    return good.has(key) || (await lookups.take(address)).allowed;
  }
}

/** Of the header or cookie that a request would authenticate with. Keys themselves are not kept. */
function credentialHash(request: Request): string | null {
  const credential = request.get('authorization') ?? readCookie(request.get('cookie'), sessionCookie);
  return credential ? createHash('sha256').update(credential).digest('base64') : null;
}
