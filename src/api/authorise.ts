import type { Request, RequestHandler, Response } from 'express';
import type { Database } from '../database/database.ts';
import { authenticate, withScope } from './auth.ts';
import { routeNotFound } from './error-handler.ts';
import type { Operation } from './operation.ts';

/**
 * Lets a request of the API pass where whoever sends it may do what its operation asks for: what OpenAPI tells of a route is what is enforced,
 * and a route that is no operation is not there. Rejects with UNAUTHENTICATED, FORBIDDEN and NOT_FOUND.
 */
export function authorise(database: Database, operations: readonly Operation[]): RequestHandler {
  const find = operationFinder(operations);
  return async (request, response, next) => {
    const operation = find(request.method, pathOf(request));
    if (!operation) return routeNotFound(request, response, next);
    response.locals.operation = operation;
    if (operation.access !== 'anybody') {
      response.locals.caller = withScope(await authenticate(database, request), operation.access);
    }
    next();
  };
}

/** What a request asks for; only behind `authorise`. */
export function operationOf(response: Response): Operation {
  const operation: Operation | undefined = response.locals.operation;
  if (!operation) throw new Error('operationOf without authorise');
  return operation;
}

const pathOf = ({ baseUrl, path }: Request): string => `${baseUrl}${path}`;

/** Finds the operation of a method and a path: of several that fit, the one with the fewest parameters, as routers are mounted. Pure. */
export function operationFinder(operations: readonly Operation[]) {
  const known = operations
    .map((operation) => ({
      operation,
      pattern: new RegExp(`^${operation.path.replace(/\{\w+\}/g, '[^/]+')}/?$`, 'i'),
      parameters: operation.path.split('{').length,
    }))
    .sort((a, b) => a.parameters - b.parameters);
  return (method: string, path: string): Operation | undefined => {
    const wanted = method === 'HEAD' ? 'get' : method.toLowerCase();
    return known.find(({ operation, pattern }) => operation.method === wanted && pattern.test(path))?.operation;
  };
}
