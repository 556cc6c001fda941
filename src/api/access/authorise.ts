import { type RequestHandler, type Response, Router } from 'express';
import { CatalogueError } from '../../errors/catalogue-error.ts';
import { pathOf, routeNotFound } from '../http/error-handler.ts';
import type { Operation } from '../operation.ts';
import { type AuthServices, authenticator, permit } from './auth.ts';

/** Where the API is mounted; operations elsewhere guard themselves. */
export const apiPath = '/api/v1';

/**
 * Lets a request of the API pass where whoever sends it may do what its operation asks for: what OpenAPI tells of a route is what is enforced,
 * and a route that is no operation is not there. Express itself finds the operation, by the rules that it finds the route by
 * (test/integration/api/authorisation-routes.test.ts compares the two). Rejects with UNAUTHENTICATED, FORBIDDEN, METHOD_NOT_ALLOWED and
 * NOT_FOUND.
 */
export function authorise(services: AuthServices, operations: readonly Operation[]): RequestHandler {
  const authenticate = authenticator(services);
  const router = Router();
  for (const operation of inOrder(operations)) {
    const { method, access, uploadToken } = operation;
    const handler: RequestHandler = async (request, response, next) => {
      response.locals.operation = operation;
      if (access !== 'anybody') {
        response.locals.caller = permit(await authenticate(request), { access, uploadToken });
      }
      next('router');
    };
    router[method](routeOf(operation), handler);
  }
  for (const operation of inOrder(operations)) router.all(routeOf(operation), addMethod(operation));
  router.use(otherMethod, routeNotFound);
  // Not the router itself: whoever lists the routes of the application would take these for routes that are served.
  return (request, response, next) => router(request, response, next);
}

/** Notes a method that the path of a request can be asked with. */
const addMethod =
  ({ method }: Operation): RequestHandler =>
  (_request, response, next) => {
    const known: string[] = response.locals.methods ?? [];
    response.locals.methods = [...known, ...(method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()])];
    next();
  };

/** Refuses a request whose path there is, with other methods (RFC 9110, 15.5.6). */
const otherMethod: RequestHandler = (request, response, next) => {
  const known: string[] | undefined = response.locals.methods;
  if (!known) return next();
  const allowed = [...new Set(known)].join(', ');
  response.set('allow', allowed);
  throw new CatalogueError('METHOD_NOT_ALLOWED', `${pathOf(request)} takes ${allowed}, not ${request.method}.`);
};

/** What a request asks for; only behind `authorise`. */
export function operationOf(response: Response): Operation {
  const operation: Operation | undefined = response.locals.operation;
  if (!operation) throw new Error('operationOf without authorise');
  return operation;
}

/** The operations of the API in the order in which they are looked for: a path with fewer parameters goes before one with more. Pure. */
export const inOrder = (operations: readonly Operation[]): Operation[] =>
  operations.filter(({ path }) => path.startsWith(`${apiPath}/`)).toSorted((a, b) => parameters(a) - parameters(b));

/** The path of an operation as Express writes it, below `apiPath`: `/videos/:id`. Pure. */
export const routeOf = ({ path }: Pick<Operation, 'path'>): string =>
  path.slice(apiPath.length).replace(/\{(\w+)\}/g, ':$1');

const parameters = ({ path }: Operation): number => path.split('{').length;
