import type { RequestHandler } from 'express';
import { CatalogueError } from '../../errors/catalogue-error.ts';

/** Whose pages may call the API: those of all origins, or of these. */
export type CorsOrigins = '*' | readonly string[];

const methods = 'GET, HEAD, POST, PUT, PATCH, DELETE';
/** Besides what any page may send. */
const requestHeaders = 'Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Last-Event-ID, Prefer';
/** Besides what any page may read. */
const responseHeaders =
  'ETag, Idempotency-Replayed, Link, Location, Preference-Applied, RateLimit, RateLimit-Policy, Retry-After, WWW-Authenticate, X-Request-Id';
/** The longest that Chromium keeps an answer, s. */
const keptSeconds = 7_200;

/**
 * Lets pages of other origins call the API with a token of their own (Fetch standard, CORS protocol). Credentials are never allowed: a page
 * cannot use the session of whoever looks at it. A preflight needs no key; it tells nothing but these headers.
 */
export function cors(origins: CorsOrigins): RequestHandler {
  return (request, response, next) => {
    const allowed = allowedOrigin(origins, request.get('origin'));
    if (origins !== '*') response.vary('origin');
    if (allowed) {
      response.set({ 'access-control-allow-origin': allowed, 'access-control-expose-headers': responseHeaders });
    }
    if (request.method !== 'OPTIONS' || !request.get('access-control-request-method')) return next();
    if (allowed) {
      response.set({
        'access-control-allow-methods': methods,
        'access-control-allow-headers': requestHeaders,
        'access-control-max-age': String(keptSeconds),
      });
    }
    response.status(204).end();
  };
}

/** What Access-Control-Allow-Origin says to a page of an origin; null for one that may not. Pure. */
export function allowedOrigin(origins: CorsOrigins, origin: string | undefined): string | null {
  if (origins === '*') return '*';
  return origin !== undefined && origins.includes(origin) ? origin : null;
}

/** API_CORS_ORIGINS: `*`, `none`, or origins, comma separated. Throws CONFIG_INVALID where one of them is no origin that a browser would send. Pure. */
export function corsOrigins(setting: string): CorsOrigins {
  if (setting === '*') return '*';
  if (setting === 'none') return [];
  return setting.split(',').map((text) => {
    const given = text.trim().replace(/\/$/, '').toLowerCase();
    if (URL.canParse(given) && new URL(given).origin === given && !given.includes('*')) return given;
    throw new CatalogueError(
      'CONFIG_INVALID',
      `API_CORS_ORIGINS: "${text.trim()}" is no origin such as https://app.example.com; * allows all, none no other.`,
    );
  });
}
