import { newId } from '../ids.ts';
import type { Client } from './client.ts';
import type { ApiKeyOwner, Database } from './database.ts';
import type { ApiKey } from './generated/client.ts';
import { hashOf, keyOffice, newSecret } from './issue-keys.ts';
import { knownScopes } from './scopes.ts';

/** API keys, one-time links and browser sessions: the database holds their hashes only. */
export function openKeys(client: Client): Database['keys'] {
  const { prisma, sql } = client;
  const office = keyOffice(client);
  return {
    ...office,
    create: async (key) => (await office.issue(key)).secret,

    async owner(secret) {
      const key = await prisma.apiKey.findUnique({ where: { hash: hashOf(secret), ...valid() } });
      return key && ownerOf(key);
    },

    async ownerById(id) {
      const key = await prisma.apiKey.findUnique({ where: { id, ...valid() } });
      return key && ownerOf(key);
    },

    async createLogin(keyId, { expiresAt }) {
      const link = newSecret('login');
      await prisma.browserLogin.create({
        data: { id: newId('login'), linkHash: hashOf(link), apiKeyId: keyId, expiresAt },
      });
      return link;
    },

    async redeemLogin(link, { sessionExpiresAt }) {
      const session = newSecret('session');
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

const ownerOf = ({ id, creatorId, plan, scopes }: ApiKey): ApiKeyOwner => ({
  keyId: id,
  creatorId,
  plan,
  scopes: knownScopes(scopes),
});
