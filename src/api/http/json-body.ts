import type { Request, RequestHandler } from 'express';
import { CatalogueError } from '../../errors/catalogue-error.ts';
import { operationOf } from '../access/authorise.ts';
import { readBody } from './read-body.ts';

/** Of a request whose operation does not ask for more, bytes. */
const usualBytes = 64 * 1_024;
/** Deeper than any body of ours, and far from what recursion can take. */
const deepest = 32;

/**
 * Reads the body of a request: none, or a JSON object. Only behind `authorise`, so that nobody else's is read. Rejects with REQUEST_TOO_LARGE
 * where it has more bytes than its operation takes, with REQUEST_TOO_SLOW where it has not come whole in `bodyTimeoutMs`, else with
 * REQUEST_MALFORMED that says what is wrong with it; `listen` then ends a connection whose body goes on.
 */
export function jsonBody({ bodyTimeoutMs: timeoutMs }: { bodyTimeoutMs: number }): RequestHandler {
  return async (request, response, next) => {
    if (!hasBody(request)) return next();
    if (!request.is(['application/json', '+json']))
      throw malformed(`Content-Type: must be application/json, not ${typeOf(request)}.`);
    const encoding = request.get('content-encoding') ?? 'identity';
    if (encoding !== 'identity') throw malformed('Content-Encoding: must be left out.');
    const limit = operationOf(response).bodyBytes ?? usualBytes;
    const body = parse(await readBody(request, { limit, timeoutMs }));
    checkShape(body);
    request.body = body;
    next();
  };
}

/** RFC 9112, 6.3. */
const hasBody = (request: Request): boolean =>
  request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0;

const typeOf = (request: Request): string => request.get('content-type')?.split(';', 1)[0]?.trim() || 'nothing';

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw malformed(`body: is no JSON: ${error instanceof SyntaxError ? error.message : 'it must be UTF-8'}.`);
  }
}

/** Throws where a parsed body is no object, or nested too deep to be worked with. Walks without recursion. Pure. */
export function checkShape(body: unknown): void {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw malformed(`body: must be a JSON object, not ${kindOf(body)}.`);
  }
  let level: unknown[] = [body];
  for (let depth = 1; level.length > 0; depth += 1) {
    if (depth > deepest) throw malformed(`body: is nested deeper than ${deepest} levels.`);
    level = level.flatMap((each) =>
      Object.values(Object(each)).filter((inner) => typeof inner === 'object' && inner !== null),
    );
  }
}

const kindOf = (body: unknown): string =>
  Array.isArray(body) ? 'an array' : body === null ? 'null' : `a ${typeof body}`;

const malformed = (detail: string): CatalogueError => new CatalogueError('REQUEST_MALFORMED', detail);
