import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { CatalogueError } from '../../errors/catalogue-error.ts';
import { problemMediaType, toProblem } from './problem.ts';

/**
 * Answers what no handler was asked about: Express finds no path in a request target such as `http://[/`, and would send a page of its own.
 * `error` is what our own error handler threw, if it did.
 */
export function lastAnswer(response: ServerResponse, error?: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const id = randomUUID();
  const problem = toProblem(
    error
      ? new CatalogueError('INTERNAL', 'The error could not be told.', { cause: error })
      : new CatalogueError('REQUEST_MALFORMED', 'The target of the request is no URL and no path.'),
    id,
  );
  const body = Buffer.from(JSON.stringify(problem));
  response
    .writeHead(problem.status, {
      'content-type': problemMediaType,
      'content-length': body.length,
      'x-request-id': id,
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      connection: 'close',
    })
    .end(body);
}
