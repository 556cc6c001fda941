import { lookup } from 'node:dns/promises';
import { CatalogueError } from '../errors/catalogue-error.ts';
import { hostAddress } from './ingest-url.ts';
import { isPublicAddress } from './public-address.ts';

export interface Address {
  address: string;
  family: number;
}

/**
 * The address to connect to: resolved once, so that a name cannot change its mind between the check and the connection (DNS rebinding). Rejects
 * with INGEST_URL_REFUSED where any address of the host is not public, with INGEST_FAILED where the name is not known.
 */
export async function resolveHost(url: URL, allowedNetworks: readonly string[]): Promise<Address> {
  const host = hostAddress(url) ?? url.hostname;
  const found = await lookup(host, { all: true }).catch((cause: unknown) => {
    throw new CatalogueError('INGEST_FAILED', `The name ${url.hostname} cannot be resolved.`, { cause });
  });
  // One inside address among public ones is a trick, and which one is tried first is not ours to say.
  if (found.some(({ address }) => !isPublicAddress(address, allowedNetworks))) {
    throw new CatalogueError('INGEST_URL_REFUSED', `${url.hostname} leads to an address that is not public.`);
  }
  const [first] = found;
  if (!first) throw new CatalogueError('INGEST_FAILED', `The name ${url.hostname} has no address.`);
  return first;
}
