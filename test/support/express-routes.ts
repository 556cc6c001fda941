import express, { type Express } from 'express';
import { boardPath } from '../../src/api/service/board.ts';

/** What Express 5.3 tells of its routers; its types do not know it yet. */
interface Router {
  listRoutes(): { path: unknown; methods?: string[]; router?: Router }[];
}

/** Every route of ours that an application has (not those of Bull Board), as `GET /api/v1/videos/{id}`. */
export function expressRoutes(app: Express): string[] {
  return routesOf(app.router as unknown as Router, '');
}

function routesOf(router: Router, base: string): string[] {
  return router.listRoutes().flatMap(({ path, methods, router: mounted }) => {
    const place = `${base}${path === '/' ? '' : String(path)}`;
    if (mounted) return place === boardPath ? [] : routesOf(mounted, place);
    // Every GET is a HEAD too.
    const said = (methods ?? []).filter((method) => method !== 'HEAD');
    return said.map((method) => `${method} ${place.replace(/:(\w+)/g, '{$1}') || '/'}`);
  });
}

/** An application with the routers and routes of another, in their order. A route does nothing but say its name in `locals.template`. */
export function mirrorRoutes(app: Express): Express {
  const mirrored = express();
  mirror(app.router as unknown as Router, mirrored, '');
  return mirrored;
}

function mirror(router: Router, into: express.Router, base: string): void {
  for (const { path, methods, router: mounted } of router.listRoutes()) {
    const at = path as string;
    const place = `${base}${at === '/' ? '' : at}`;
    if (mounted) {
      const inner = express.Router();
      if (place !== boardPath) mirror(mounted, inner, place);
      into.use(at, inner);
      continue;
    }
    for (const method of (methods ?? []).filter((name) => name !== 'HEAD')) {
      const template = `${method} ${place.replace(/:(\w+)/g, '{$1}') || '/'}`;
      Reflect.get(into, method.toLowerCase()).call(
        into,
        at,
        (_request: unknown, response: express.Response, next: () => void) => {
          response.locals.template ??= template;
          next();
        },
      );
    }
  }
}
