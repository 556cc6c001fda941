import { createHash, randomBytes } from 'node:crypto';
import { newId } from '../ids.ts';
import type { Client } from './client.ts';
import type { ApiKeyOwner, Database } from './database.ts';
import type { ApiKey } from './generated/client.ts';
import { scopes } from './scopes.ts';

const tokenBytes = 32;
const token = (prefix: string): string => `${prefix}_${randomBytes(tokenBytes).toString('base64url')}`;
/** Tokens are random and long: a plain hash keeps them as well as a slow one, and is looked up by an index. */
const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');

/** API keys, one-time links and browser sessions: the database holds their hashes only. */
export function openKeys({ prisma, sql }: Client): Database['keys'] {
  return {
    async create(key) {
      const secret = token('rm');
      await prisma.apiKey.create({
        data: { ...key, scopes: [...key.scopes], id: newId('key'), hash: hashOf(secret) },
      });
      return secret;
    },

    async owner(secret) {
      const key = await prisma.apiKey.findUnique({ where: { hash: hashOf(secret), ...valid() } });
      return key && ownerOf(key);
    },

    async createLogin(keyId, { expiresAt }) {
      const link = token('login');
      await prisma.browserLogin.create({
        data: { id: newId('login'), linkHash: hashOf(link), apiKeyId: keyId, expiresAt },
      });
      return link;
    },

    async redeemLogin(link, { sessionExpiresAt }) {
      const session = token('session');
      // One statement: of two that use the link at once, one gets nothing.
      const used = await sql(
        `UPDATE browser_logins SET used_at = now(), session_hash = $2, expires_at = $3
          WHERE link_hash = $1 AND used_at IS NULL AND expires_at > now() RETURNING id`,
        [hashOf(link), hashOf(session), sessionExpiresAt],
      );
      return used.length > 0 ? session : null;
    },

    async session(secret) {
      const login = await prisma.browserLogin.findUnique({
        where: { sessionHash: hashOf(secret), expiresAt: { gt: new Date() }, apiKey: valid() },
        include: { apiKey: true },
      });
      return login && ownerOf(login.apiKey);
    },
  };
}

/** Of a key that counts now. */
const valid = () => ({ revokedAt: null, OR: [{ expiresAt: null }, { expiresAt: { gt: new Date() } }] });

const ownerOf = ({ id, creatorId, plan, scopes: names }: ApiKey): ApiKeyOwner => ({
  keyId: id,
  creatorId,
  plan,
  // A name that this version does not know allows nothing.
  scopes: scopes.filter((scope) => names.includes(scope)),
});
