import express, { type Request, type RequestHandler } from 'express';
import { CatalogueError } from '../errors/catalogue-error.ts';

/** Long enough for 10 000 parts with their ETags. */
const mostBytes = 2 * 2 ** 20;
/** Deeper than any body of ours, and far from what recursion can take. */
const deepest = 32;
const defaultTimeoutMs = 30_000;

/**
 * Reads the body of a request: none, or a JSON object of at most 2 MiB that has come whole in `timeoutMs`. Rejects with REQUEST_MALFORMED
 * that says what is wrong with it; `listen` then ends a connection whose body goes on.
 */
export function jsonBody({ timeoutMs = defaultTimeoutMs } = {}): RequestHandler {
  const parse = express.json({ limit: mostBytes, strict: false, type: () => true });
  return async (request, response, next) => {
    if (!hasBody(request)) return next();
    if (!request.is(['application/json', '+json']))
      throw malformed(`Content-Type: must be application/json, not ${typeOf(request)}.`);
    await inTime(
      timeoutMs,
      new Promise<void>((resolve, reject) => {
        parse(request, response, (error?: unknown) => (error ? reject(error) : resolve()));
      }),
    );
    checkShape(request.body);
    next();
  };
}

/** RFC 9112, 6.3. */
const hasBody = (request: Request): boolean =>
  request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0;

const typeOf = (request: Request): string => request.get('content-type')?.split(';', 1)[0]?.trim() || 'nothing';

async function inTime(timeoutMs: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(malformed(`The body has not come whole in ${timeoutMs / 1_000} s.`)), timeoutMs);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
    work.catch(() => undefined);
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
