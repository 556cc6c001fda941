import type { ErrorRequestHandler, RequestHandler } from 'express';
import { type Counter, memoryCounter, type RateLimits } from '../../database/rate-limits.ts';
import { callerOf } from '../access/auth.ts';
import { operationOf } from '../access/authorise.ts';
import { callerKey } from '../access/caller-key.ts';
import type { Operation, RateLimitName } from '../operation.ts';
import { addressOf } from './address-key.ts';
import { authFailures } from './auth-failures.ts';
import { countRequest } from './count-request.ts';
import type { RateLimitSettings } from './rate-limit-settings.ts';

export type RateLimiting = ReturnType<typeof createRateLimits>;

/**
 * The limits of the API, as handlers in the order in which they stand: `address` before anybody knows whose request it is, `guard` before
 * and `countFailures` after authentication, `key` once it is known.
 *
 * Creating, presigning and writing are counted over all processes: a statement of 0.1 ms beside the several that they take anyway. Reads and
 * addresses are counted in each process, in a microsecond: a row written for every read would be the most that a read does to Postgres.
 */
export function createRateLimits(shared: RateLimits, most: RateLimitSettings) {
  const counters: Record<RateLimitName, Counter | null> = {
    create: most.create > 0 ? shared.counter('create', most.create) : null,
    presign: most.presign > 0 ? shared.counter('presign', most.presign) : null,
    write: most.write > 0 ? shared.counter('write', most.write) : null,
    read: most.read > 0 ? memoryCounter('read', most.read) : null,
  };
  const addresses = most.address > 0 ? memoryCounter('address', most.address) : null;
  const failures = most.authFailures > 0 ? authFailures(shared.counter('auth-failures', most.authFailures)) : null;

  const address: RequestHandler = async (request, response, next) => {
    if (addresses) await countRequest(response, addresses, addressOf(request), 'This address');
    next();
  };
  const key: RequestHandler = async (_request, response, next) => {
    const operation = operationOf(response);
    const counter = operation.access === 'anybody' ? null : counters[limitOf(operation)];
    if (counter) await countRequest(response, counter, callerKey(callerOf(response)), 'This key');
    next();
  };
  return {
    address,
    key,
    guard: failures?.guard ?? pass,
    countFailures: failures?.count ?? passError,
  };
}

/** Which limit counts the requests of an operation. Pure. */
export const limitOf = ({ limit, method }: Pick<Operation, 'limit' | 'method'>): RateLimitName =>
  limit ?? (method === 'get' ? 'read' : 'write');

const pass: RequestHandler = (_request, _response, next) => next();
const passError: ErrorRequestHandler = (error, _request, _response, next) => next(error);
