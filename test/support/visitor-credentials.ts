import { signingKey } from '../../src/api/access/signing-key.ts';
import { uploadToken } from '../../src/api/access/upload-token.ts';
import { type Operation, scopesOf } from '../../src/api/operation.ts';
import { type Scope, scopes } from '../../src/database/scopes.ts';
import type { TestApi } from './api.ts';
import type { Visitor } from './expected-access.ts';

/** Headers of a request; two values are sent as two headers. */
export type SentHeaders = Record<string, string | string[]>;

/** The scopes of a visitor's key, of an operation that takes `own`. */
function grantedTo(visitor: Visitor, own: readonly Scope[], one: Scope | null): readonly Scope[] {
  if (visitor.includes('every')) return scopes.filter((scope) => !own.includes(scope));
  if (visitor.endsWith('and operate')) return scopes.filter((scope) => own.includes(scope) || scope === 'operate');
  return one ? [one] : own;
}

/**
 * What visitors of the API send, of keys and sessions of this creator (or of another, where the visitor is one). Keys are made once for
 * each visitor and scope.
 */
export function visitorCredentials(api: TestApi, creator: string) {
  const { keys } = api.database;
  const made = new Map<string, Promise<{ id: string; secret: string }>>();
  const signing = signingKey(api.settings.secret, 'upload-token');
  const token = (videoId: string, keyId: string, seconds = 60) =>
    uploadToken({ videoId, keyId, expiresAt: new Date(Date.now() + seconds * 1_000) }, signing);

  async function issue(visitor: Visitor, granted: readonly Scope[]): Promise<{ id: string; secret: string }> {
    const issued = await keys.issue({
      creatorId: visitor.startsWith('another creator') ? 'ben' : creator,
      plan: 'standard',
      scopes: granted,
      name: visitor,
      expiresAt: visitor === 'an expired key' ? new Date(Date.now() - 1_000) : null,
    });
    if (visitor.includes('revoked')) await keys.revoke(issued.key.id, { keepAdmin: false });
    return { id: issued.key.id, secret: issued.secret };
  }

  async function openSession(keyId: string): Promise<string> {
    const expiresAt = new Date(Date.now() + 60_000);
    const link = await keys.createLogin(keyId, { expiresAt });
    return `reelmill_session=${await keys.redeemLogin(link, { sessionExpiresAt: expiresAt })}`;
  }

  /** `thisVideo` and `otherVideo`: ids that upload tokens are for. `own`: the one scope of the operation's that he comes with. Default: all. */
  return async (
    visitor: Visitor,
    { access }: Pick<Operation, 'access'>,
    { thisVideo, otherVideo, own: one }: { thisVideo: string; otherVideo: string; own: Scope | null },
  ): Promise<SentHeaders> => {
    const own = access === 'anybody' ? [] : scopesOf(access);
    const granted = grantedTo(visitor, own, one);
    // An upload token may less than its key: were it not so, this one could do everything.
    const wanted = visitor.includes('upload token') ? scopes : granted;
    const place = `${visitor} ${wanted}`;
    const key = made.get(place) ?? issue(visitor, wanted);
    made.set(place, key);
    const { id, secret } = await key;
    const bearer = (text: string) => ({ authorization: `Bearer ${text}` });
    switch (visitor) {
      case 'nobody':
        return {};
      case 'an unknown key':
        return bearer('rm_wrong');
      case 'an expired key':
      case 'a revoked key':
      case 'a key with every scope but its own':
      case 'a key with its scope alone':
      case 'another creator’s key with its scope':
      case 'another creator’s key with its scopes and operate':
        return bearer(secret);
      case 'an upload token of this video':
      case 'an upload token of a revoked key':
        return bearer(token(thisVideo, id));
      case 'an upload token of another video':
        return bearer(token(otherVideo, id));
      case 'an expired upload token':
        return bearer(token(thisVideo, id, -1));
      case 'a session of a key with its scope':
      case 'a session of a key with every other scope':
        return { cookie: await openSession(id) };
      case 'a session with its scope, used by a page of another origin':
        return { cookie: await openSession(id), origin: 'http://127.0.0.1:1' };
      case 'an unknown session':
        return { cookie: 'reelmill_session=session_wrong' };
      case 'an unknown key beside a good session':
        return { cookie: await openSession(id), ...bearer('rm_wrong') };
      case 'two Authorization headers, the first one good':
        return { authorization: [`Bearer ${secret}`, 'Bearer rm_wrong'] };
      default:
        return visitor satisfies never;
    }
  };
}
