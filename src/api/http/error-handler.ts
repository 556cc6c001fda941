import type { ErrorRequestHandler, Request, RequestHandler } from 'express';
import { ZodError } from 'zod';
import { CatalogueError, toCatalogueError } from '../../errors/catalogue-error.ts';
import { isOperator } from '../access/auth.ts';
import { malformed, toProblem } from './problem.ts';
import { problemPage } from './problem-page.ts';

/** Answers what no route took. */
export const routeNotFound: RequestHandler = (request) => {
  throw new CatalogueError('NOT_FOUND', `There is no ${request.method} ${pathOf(request)} here: see /docs.`);
};

/** The path as it was asked for, also below a router. Its query stays unsaid: it can hold what is secret. */
export const pathOf = ({ originalUrl }: Pick<Request, 'originalUrl'>): string => originalUrl.split('?', 1)[0] ?? '';

/** Turns whatever a handler threw into its answer. Only what is our own fault is logged with its stack. */
export const errorHandler: ErrorRequestHandler = (thrown, request, response, _next) => {
  const error = fromAnything(thrown);
  if (error.entry.httpStatus >= 500) {
    const { code, detail, advice } = error;
    request.log.error({ err: error.cause ?? error, code, detail, advice }, 'request failed');
  }
  // Bytes of a good answer have gone out already: cutting the connection is the only way left to say "not whole".
  if (response.headersSent) {
    response.destroy();
    return;
  }
  if (error.code === 'UNAUTHENTICATED') response.set('www-authenticate', 'Bearer realm="reelmill"');
  if (error.entry.httpStatus === 503) response.set('retry-after', '2');
  // A 404 may be kept unless it is said (RFC 9111, 4.2.2): a CDN would go on telling what is no longer so.
  response.set('cache-control', 'no-store');
  // What is left of a body that was refused is not read on (`listen`): nothing more can come by this connection.
  if (!request.complete) response.set('connection', 'close');
  const problem = toProblem(error, String(request.id), { operator: isOperator(response.locals.caller) });
  response.status(problem.status).vary('accept');
  if (wantsPage(request)) response.type('html').send(problemPage(problem));
  else response.type('application/problem+json').send(JSON.stringify(problem));
};

/** Whoever names HTML before anything else is a browser that follows a link: scripts and players take whatever comes. */
const wantsPage = (request: Request): boolean =>
  request.accepts(['application/problem+json', 'application/json', 'html']) === 'html';

function fromAnything(thrown: unknown): CatalogueError {
  if (thrown instanceof ZodError) return malformed(thrown);
  const most = tooLarge(thrown);
  if (most) return new CatalogueError('REQUEST_TOO_LARGE', most, { cause: thrown });
  const refused = refusedByExpress(thrown);
  return refused ? new CatalogueError('REQUEST_MALFORMED', refused, { cause: thrown }) : toCatalogueError(thrown);
}

/**
 * The words of a client's error that Express or its body parser found (bad JSON, bad escape). Only the
 * parser's own words are repeated: other messages can hold paths of this machine.
 */
function refusedByExpress(thrown: unknown): string | null {
  if (thrown instanceof CatalogueError || !(thrown instanceof Error)) return null;
  const status = 'status' in thrown && typeof thrown.status === 'number' ? thrown.status : 500;
  if (status < 400 || status >= 500) return null;
  return 'type' in thrown ? thrown.message : 'The path or a header of the request cannot be read.';
}

/** Where a body parser found a body too large: how large it may be. */
function tooLarge(thrown: unknown): string | null {
  if (!(thrown instanceof Error) || !('type' in thrown) || thrown.type !== 'entity.too.large') return null;
  return 'limit' in thrown ? `body: at most ${String(thrown.limit)} bytes are read of it here.` : 'body: is too large.';
}
