import type { Request } from 'express';
import { CatalogueError } from '../../errors/catalogue-error.ts';

/**
 * A browser sends the cookie along with what another page asks for. SameSite=Lax keeps other sites out, but ports of one host count as one
 * site, and so do subdomains: a change must come from a page of ours. Throws FORBIDDEN.
 */
export function refuseForeignPage(request: Request, publicUrl: string): void {
  if (['GET', 'HEAD'].includes(request.method)) return;
  const sent = { site: request.get('sec-fetch-site'), origin: request.get('origin'), host: request.get('host') };
  if (!isOwnPage(sent, publicUrl)) {
    throw new CatalogueError('FORBIDDEN', 'A page of another origin may not act with this session.');
  }
}

/**
 * Whether a request comes from a page of ours, or from no page at all. Browsers say the site on https and localhost only (Fetch Metadata), the
 * origin of whatever is no GET everywhere; a proxy may have changed the host, so the public URL counts as well. Pure.
 */
export function isOwnPage(sent: { site?: string; origin?: string; host?: string }, publicUrl: string): boolean {
  if (!['same-origin', 'none'].includes(sent.site ?? 'none')) return false;
  if (sent.origin === undefined || sent.origin === new URL(publicUrl).origin) return true;
  if (!URL.canParse(sent.origin)) return false;
  const { host, protocol } = new URL(sent.origin);
  // On the way of a page without TLS anybody may have written in it.
  return host === sent.host && (protocol === 'https:' || !publicUrl.startsWith('https:'));
}
