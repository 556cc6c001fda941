import type { Request, RequestHandler, Response } from 'express';
import type { ApiKeyOwner, Database } from '../database/database.ts';
import type { Scope } from '../database/scopes.ts';
import { CatalogueError } from '../errors/catalogue-error.ts';

export const sessionCookie = 'reelmill_session';

/** Whose request it is. */
export interface Caller extends ApiKeyOwner {
  /** Of an upload token: the one video that it is for. */
  onlyVideo?: string;
}

/** Lets a request pass whose API key or browser session has a scope, and remembers whose it is. */
export const requireScope =
  (database: Database, scope: Scope): RequestHandler =>
  async (request, response, next) => {
    response.locals.caller = withScope(await authenticate(database, request), scope);
    next();
  };

/** Whose request this is; only behind `requireScope` or `authorise`. */
export function callerOf(response: Response): Caller {
  const caller: Caller | undefined = response.locals.caller;
  if (!caller) throw new Error('callerOf an operation that is open to anybody');
  return caller;
}

/** The caller; throws FORBIDDEN, and names the scope, where the key does not have it. Pure. */
export function withScope<Owner extends ApiKeyOwner>(caller: Owner, scope: Scope): Owner {
  if (!caller.scopes.includes(scope)) throw new CatalogueError('FORBIDDEN', `This asks for the scope ${scope}.`);
  return caller;
}

/** Who sends this request: the owner of its API key, or else of its browser session. Rejects with UNAUTHENTICATED. */
export async function authenticate(database: Database, request: Request): Promise<Caller> {
  const header = request.get('authorization');
  if (header !== undefined) {
    const key = bearerToken(header);
    const owner = key ? await database.keys.owner(key) : null;
    if (!owner) throw new CatalogueError('UNAUTHENTICATED', 'The API key is unknown, revoked or expired.');
    return owner;
  }
  const token = readCookie(request.get('cookie'), sessionCookie);
  const owner = token ? await database.keys.session(token) : null;
  if (!owner) throw new CatalogueError('UNAUTHENTICATED', 'No API key was sent, and no browser session is open.');
  refuseForeignPage(request);
  return owner;
}

/** The token of an Authorization header (RFC 6750); null where it is none. Pure. */
export const bearerToken = (header: string | undefined): string | null =>
  /^Bearer +(\S+)$/i.exec(header ?? '')?.[1] ?? null;

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
