import { type Operation, scopesOf } from '../../src/api/operation.ts';
import type { Scope } from '../../src/database/scopes.ts';

/** Everybody who may knock, one column of the matrix each. */
export const visitors = [
  'nobody',
  'an unknown key',
  'an expired key',
  'a revoked key',
  'a key with every scope but its own',
  'a key with its scope alone',
  'another creator’s key with its scope',
  'another creator’s key with its scopes and operate',
  'an upload token of this video',
  'an upload token of another video',
  'an expired upload token',
  'an upload token of a revoked key',
  'a session of a key with its scope',
  'a session of a key with every other scope',
  'a session with its scope, used by a page of another origin',
  'an unknown session',
  'an unknown key beside a good session',
  'two Authorization headers, the first one good',
] as const;
export type Visitor = (typeof visitors)[number];

export type Access = 'may' | 'UNAUTHENTICATED' | 'FORBIDDEN' | 'NOT_FOUND';

/** With which of an operation's scopes a visitor comes: each, where he has one alone; null where it makes no difference. Pure. */
export const ownScopes = ({ access }: Pick<Operation, 'access'>, visitor: Visitor): readonly (Scope | null)[] =>
  access !== 'anybody' && alone.includes(visitor) ? scopesOf(access) : [null];

const alone: readonly Visitor[] = [
  'a key with its scope alone',
  'another creator’s key with its scope',
  'a session of a key with its scope',
];

/** What a visitor of an operation gets, computed from what the operation declares. `ofVideo`: its path names a video. `own`: see `ownScopes`. Pure. */
export function expectedAccess(
  { access, method, uploadToken }: Pick<Operation, 'access' | 'method' | 'uploadToken'>,
  visitor: Visitor,
  { ofVideo, own }: { ofVideo: boolean; own: Scope | null },
): Access {
  if (access === 'anybody') return 'may';
  switch (visitor) {
    case 'nobody':
    case 'an unknown key':
    case 'an expired key':
    case 'a revoked key':
    case 'an expired upload token':
    case 'an upload token of a revoked key':
    case 'an unknown session':
    case 'an unknown key beside a good session':
    case 'two Authorization headers, the first one good':
      return 'UNAUTHENTICATED';
    case 'a key with every scope but its own':
    case 'a session of a key with every other scope':
      return 'FORBIDDEN';
    case 'a session with its scope, used by a page of another origin':
      return method === 'get' ? 'may' : 'FORBIDDEN';
    case 'a key with its scope alone':
    case 'a session of a key with its scope':
      return 'may';
    case 'another creator’s key with its scope':
      // An operator's work is everybody's videos.
      return ofVideo && own !== 'operate' ? 'NOT_FOUND' : 'may';
    case 'another creator’s key with its scopes and operate':
      // Not for what it may do besides.
      return ofVideo && !scopesOf(access).includes('operate') ? 'NOT_FOUND' : 'may';
    case 'an upload token of this video':
      return uploadToken ? 'may' : 'FORBIDDEN';
    case 'an upload token of another video':
      return uploadToken ? 'NOT_FOUND' : 'FORBIDDEN';
    default:
      return visitor satisfies never;
  }
}
