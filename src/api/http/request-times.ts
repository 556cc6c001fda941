import type { RequestHandler } from 'express';
import { Histogram, type Registry } from 'prom-client';

/** By the first step of the path; everything else is `other`. A label of what clients send would let them fill our memory. */
const areas: ReadonlyMap<string, string> = new Map(
  Object.entries({
    api: 'api',
    media: 'media',
    storage: 'storage',
    admin: 'board',
    watch: 'pages',
    assets: 'pages',
    login: 'login',
    healthz: 'health',
    readyz: 'health',
    metrics: 'metrics',
  }),
);
const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Pure: the part of the API that a path belongs to, one of a fixed list. */
export const requestArea = (path: string): string => areas.get(path.split('/', 2)[1] ?? '') ?? 'other';

/** Pure: `2xx` … `5xx`, or `cut` where the connection ended before the answer did. */
export const statusClass = (status: number, whole: boolean): string =>
  whole ? `${Math.floor(status / 100)}xx` : 'cut';

/** Measures each request until its last byte is out, in `reelmill_http_request_seconds`. */
export function timeRequests(registry: Registry): RequestHandler {
  const seconds = new Histogram({
    name: 'reelmill_http_request_seconds',
    help: 'From a request to the last byte of its answer, s.',
    labelNames: ['area', 'method', 'status'],
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10, 60],
    registers: [registry],
  });
  return (request, response, next) => {
    const start = performance.now();
    const area = requestArea(request.path);
    const method = methods.has(request.method) ? request.method : 'other';
    response.once('close', () => {
      const status = statusClass(response.statusCode, response.writableFinished);
      seconds.observe({ area, method, status }, (performance.now() - start) / 1_000);
    });
    next();
  };
}
