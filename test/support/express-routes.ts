import type { Express } from 'express';
import { boardPath } from '../../src/api/board.ts';

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
