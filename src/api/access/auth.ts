import type { Request, RequestHandler, Response } from 'express';
import type { ApiKeyOwner, ApiKeys } from '../../database/api-keys.ts';
import type { Scope } from '../../database/scopes.ts';
import { CatalogueError } from '../../errors/catalogue-error.ts';
import { type Operation, type ScopeAccess, scopesOf } from '../operation.ts';
import type { ApiSettings } from '../services.ts';
import { refuseForeignPage } from './foreign-page.ts';
import { signingKey } from './signing-key.ts';
import { isUploadToken, readUploadToken } from './upload-token.ts';

export const sessionCookie = 'reelmill_session';

/** Whose request it is. */
export interface Caller extends ApiKeyOwner {
  /** Of an upload token: the one video that it is for. It has no scopes; `keyId` is the key that made it. */
  onlyVideo?: string;
}

/** What it takes to tell whose request it is. */
export interface AuthServices {
  database: { keys: Pick<ApiKeys, 'owner' | 'ownerById' | 'session'> };
  settings: Pick<ApiSettings, 'publicUrl' | 'secret'>;
}

/** Lets a request pass whose API key or browser session has a scope, and remembers whose it is. */
export function requireScope(services: AuthServices, scope: Scope): RequestHandler {
  const authenticate = authenticator(services);
  return async (request, response, next) => {
    response.locals.caller = permit(await authenticate(request), { access: scope });
    next();
  };
}

/** Whose request this is; only behind `requireScope` or `authorise`. */
export function callerOf(response: Response): Caller {
  const caller: Caller | undefined = response.locals.caller;
  if (!caller) throw new Error('callerOf an operation that is open to anybody');
  return caller;
}

/** Whether this is somebody who runs the installation, and is told what only he can do. Pure. */
export const isOperator = (caller: Pick<Caller, 'scopes'> | undefined): boolean =>
  caller?.scopes.includes('operate') ?? false;

/** The caller, who may do that; throws FORBIDDEN, and says what it takes, where he may not. Pure. */
export function permit(
  caller: Caller,
  { access, uploadToken }: { access: ScopeAccess; uploadToken?: Operation['uploadToken'] },
): Caller {
  const scopes = scopesOf(access);
  if (caller.onlyVideo !== undefined) {
    if (uploadToken) return caller;
    const detail = `An upload token serves the upload of its own video and nothing else: this asks for an API key with the scope ${eitherOf(scopes)}.`;
    throw new CatalogueError('FORBIDDEN', detail);
  }
  if (scopes.some((scope) => caller.scopes.includes(scope))) return caller;
  throw new CatalogueError('FORBIDDEN', `This asks for the scope ${eitherOf(scopes)}.`);
}

/** `a`, `a or b`, `a, b or c`. */
const eitherOf = (scopes: readonly Scope[]): string => scopes.join(', ').replace(/, ([^,]+)$/, ' or $1');

/**
 * Tells who sends a request: the owner of its API key or upload token, or else of its browser session. What stands in the Authorization header
 * decides alone: a bad key is no reason to look at the cookie. Rejects with UNAUTHENTICATED, and with FORBIDDEN where a page of somebody
 * else uses the session.
 */
export function authenticator({ database, settings }: AuthServices): (request: Request) => Promise<Caller> {
  const uploadKey = signingKey(settings.secret, 'upload-token');

  return async (request) => {
    const token = sentToken(request);
    if (token === null) return bySession(request);
    return isUploadToken(token) ? byUploadToken(token) : byKey(token);
  };

  async function byKey(key: string): Promise<Caller> {
    const owner = await database.keys.owner(key);
    if (!owner) throw unauthenticated('The API key is unknown, revoked or expired.');
    return owner;
  }

  async function byUploadToken(token: string): Promise<Caller> {
    const { videoId, keyId } = readUploadToken(token, { key: uploadKey, now: new Date() });
    const owner = await database.keys.ownerById(keyId);
    if (!owner) throw unauthenticated('The API key that made this upload token is revoked or expired.');
    return { ...owner, scopes: [], onlyVideo: videoId };
  }

  async function bySession(request: Request): Promise<Caller> {
    const token = readCookie(request.get('cookie'), sessionCookie);
    const owner = token ? await database.keys.session(token) : null;
    if (!owner) throw unauthenticated('No API key was sent, and no browser session is open.');
    refuseForeignPage(request, settings.publicUrl);
    return owner;
  }
}

/** The bearer token of a request, null where it has no Authorization header. Throws UNAUTHENTICATED where it has two, or one of another kind. */
function sentToken(request: Request): string | null {
  const [header, ...more] = request.headersDistinct.authorization ?? [];
  if (header === undefined) return null;
  // Node shows the first of them, a proxy may have checked the last.
  if (more.length > 0) throw unauthenticated('More than one Authorization header was sent.');
  const token = bearerToken(header);
  if (!token) throw unauthenticated('The Authorization header is not "Bearer <key>".');
  return token;
}

/** The token of an Authorization header (RFC 6750); null where it is none. Pure. */
export const bearerToken = (header: string | undefined): string | null =>
  /^Bearer +(\S+)$/i.exec(header ?? '')?.[1] ?? null;

/** The value of a cookie in a Cookie header (RFC 6265). Pure. */
export function readCookie(header: string | undefined, name: string): string | null {
  for (const pair of (header ?? '').split(';')) {
    const [key, value] = pair.split('=', 2);
    if (key?.trim() === name && value) return value.trim();
  }
  return null;
}

const unauthenticated = (detail: string) => new CatalogueError('UNAUTHENTICATED', detail);
