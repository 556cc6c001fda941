import { isIP } from 'node:net';
import { CatalogueError } from '../errors/catalogue-error.ts';
import { isPublicAddress } from './public-address.ts';

/** As long as browsers and proxies take. */
export const longestUrl = 2_000;

/**
 * The URL of a video that a client names, or a server redirects to: http or https at a port of such servers, without a login, and
 * where its host is an address, a public one.
 * Throws INGEST_URL_REFUSED. What its host's name leads to is asked when it is fetched. Pure.
 */
export function ingestUrl(text: string, allowedNetworks: readonly string[]): URL {
  if (text.length > longestUrl || !URL.canParse(text)) throw refused('This is no absolute URL.');
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw refused(`${url.protocol} is neither https: nor http:.`);
  if (url.username || url.password) throw refused('A URL with a login in it is not kept: sign the URL instead.');
  if (!isOpenPort(url.port)) throw refused(`Port ${url.port} is none of 80, 443 and 1024 to 65535.`);
  const address = hostAddress(url);
  if (address && !isPublicAddress(address, allowedNetworks)) throw refused(`${address} is not a public address.`);
  return url;
}

/** Where a redirect leads: to a URL that could have been named at first, and never from https to http. Throws INGEST_URL_REFUSED. Pure. */
export function redirectTarget(from: URL, location: string, allowedNetworks: readonly string[]): URL {
  if (!URL.canParse(location, from.href)) throw refused('It redirects to what is no URL.');
  const to = ingestUrl(new URL(location, from).href, allowedNetworks);
  if (from.protocol === 'https:' && to.protocol === 'http:') throw refused('It redirects from https to http.');
  return to;
}

/** The host of a URL where it is an address: WHATWG URLs write every form of IPv4 as four decimals, and IPv6 in brackets. Pure. */
export function hostAddress({ hostname }: URL): string | null {
  const bare = hostname.replace(/^\[(.*)\]$/, '$1');
  return isIP(bare) ? bare : null;
}

/** The name of a file at a URL; empty where its path has none. Pure. */
export function nameInUrl({ pathname }: URL): string {
  const last = pathname.slice(pathname.lastIndexOf('/') + 1);
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}

/** Below 1024 only those of the web: behind the others are mail, shells and the like, which must not be sent bytes by us. */
const isOpenPort = (port: string) => ['', '80', '443'].includes(port) || Number(port) >= 1_024;

const refused = (detail: string) => new CatalogueError('INGEST_URL_REFUSED', detail);
