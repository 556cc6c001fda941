import type { CreatorPlan } from './creator-plans.ts';
import type { Scope } from './scopes.ts';

export interface ApiKeyOwner {
  keyId: string;
  /** The first key of its chain of rotations; itself where it was not made by one. */
  headId: string;
  creatorId: string;
  plan: CreatorPlan;
  scopes: readonly Scope[];
}

export interface NewKey {
  creatorId: string;
  plan: CreatorPlan;
  scopes: readonly Scope[];
  name: string;
  /** Not valid from then on. Default: valid until it is revoked. */
  expiresAt?: Date | null;
}

/** What a key is named and made of, where the same request is to make the same key; a fresh one otherwise. */
export interface KeySeed {
  id: string;
  /** 32 */
  secretBytes: Buffer;
}

/** A key as it is kept: without the key. */
export interface KeyRow {
  id: string;
  creatorId: string;
  name: string;
  plan: CreatorPlan;
  scopes: readonly Scope[];
  createdAt: Date;
  expiresAt: Date | null;
  revokedAt: Date | null;
  /** The key that took its place. */
  successorId: string | null;
}

export interface IssuedKey {
  key: KeyRow;
  /** In clear, once. */
  secret: string;
}

export interface RotatedKey extends IssuedKey {
  /** When the old key ends. */
  oldExpiresAt: Date;
}

/** API keys, one-time links, and the browser sessions that they open. */
export interface ApiKeys {
  /** Makes a key and gives it, once, in clear: `rm_…`. */
  create(key: NewKey): Promise<string>;
  /** As `create`, with the row that was made; where the key of that seed is there already, that one. */
  issue(key: NewKey, seed?: KeySeed): Promise<IssuedKey>;
  find(id: string): Promise<KeyRow | null>;
  /** Newest first, those below `before` (an id), at most `limit`; of one creator or of all. */
  list(asked: { creatorId?: string; before?: string; limit: number }): Promise<KeyRow[]>;
  /** Ends a key, its sessions and its upload tokens at once; one that has ended stays so. False where there is none. Rejects with KEY_CONFLICT
   *  where `keepAdmin`, and it is the last with the scope admin that would go on. */
  revoke(id: string, options: { keepAdmin: boolean }): Promise<boolean>;
  /** Makes a key with the same creator, plan and scopes; the old one ends after `overlapSeconds`, or at its own end where that is sooner. A key
   *  that ends has a successor that is valid as long as it was made for. Null where there is none. Rejects with KEY_CONFLICT where it has
   *  ended, or has a successor that is valid and not of this seed. */
  rotate(id: string, options: { overlapSeconds: number; seed?: KeySeed }): Promise<RotatedKey | null>;
  /** Who sends this key; null for one that is unknown, revoked or expired. */
  owner(key: string): Promise<ApiKeyOwner | null>;
  /** As `owner`, by the key's id: for what a key has signed. */
  ownerById(id: string): Promise<ApiKeyOwner | null>;
  /** A one-time token that opens a browser session for a key. */
  createLogin(keyId: string, options: { expiresAt: Date }): Promise<string>;
  /** Uses up a one-time token; gives the session's token (for the cookie), or null where it is used, expired or unknown. */
  redeemLogin(token: string, options: { sessionExpiresAt: Date }): Promise<string | null>;
  session(token: string): Promise<ApiKeyOwner | null>;
}
