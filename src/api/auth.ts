import type { Request, RequestHandler, Response } from 'express';
import type { ApiKeyOwner, Database } from '../database/database.ts';
import { CatalogueError } from '../errors/catalogue-error.ts';

export const sessionCookie = 'reelmill_session';

/** Lets a request pass that brings an API key or a browser session, and remembers whose it is. */
export const requireOwner =
  (database: Database): RequestHandler =>
  async (request, response, next) => {
    response.locals.owner = await authenticate(database, request);
    next();
  };

/** Whose request this is; only behind `requireOwner`. */
export function ownerOf(response: Response): ApiKeyOwner {
  const owner: ApiKeyOwner | undefined = response.locals.owner;
  if (!owner) throw new Error('ownerOf without requireOwner');
  return owner;
}

/** Lets operators pass; only behind `requireOwner`. */
export const requireOperator: RequestHandler = (_request, response, next) => {
  if (!ownerOf(response).operator) throw new CatalogueError('FORBIDDEN', 'This is for operators.');
  next();
};

async function authenticate(database: Database, request: Request): Promise<ApiKeyOwner> {
  const header = request.get('authorization');
  if (header !== undefined) {
    const key = /^Bearer +(\S+)$/i.exec(header)?.[1];
    const owner = key ? await database.keys.owner(key) : null;
    if (!owner) throw new CatalogueError('UNAUTHENTICATED', 'The API key is unknown or has been revoked.');
    return owner;
  }
  const token = readCookie(request.get('cookie'), sessionCookie);
  const owner = token ? await database.keys.session(token) : null;
  if (!owner) throw new CatalogueError('UNAUTHENTICATED', 'No API key was sent, and no browser session is open.');
  refuseForeignPage(request);
  return owner;
}

/**
 * A browser sends the cookie along with what another page asks for. SameSite=Lax keeps other sites out, but ports of one
 * host count as one site: so a change must come from a page of ours.
 */
function refuseForeignPage(request: Request): void {
  const from = request.get('sec-fetch-site') ?? 'same-origin';
  if (!['GET', 'HEAD'].includes(request.method) && !['same-origin', 'none'].includes(from)) {
    throw new CatalogueError('FORBIDDEN', 'A page of another origin may not act with this session.');
  }
}

/** The value of a cookie in a Cookie header (RFC 6265). Pure. */
export function readCookie(header: string | undefined, name: string): string | null {
  for (const pair of (header ?? '').split(';')) {
    const [key, value] = pair.split('=', 2);
    if (key?.trim() === name && value) return value.trim();
  }
  return null;
}
