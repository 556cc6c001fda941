import { createHash } from 'node:crypto';
import { CatalogueError } from '../../errors/catalogue-error.ts';

const visible = /^[\x21-\x7e]{1,255}$/;

/**
 * The key of an Idempotency-Key header: a structured string (draft-ietf-httpapi-idempotency-key-header-07), or bare, as most clients
 * send it. Null where none was sent; throws REQUEST_MALFORMED where it is none. Pure.
 */
export function readIdempotencyKey(header: string | undefined): string | null {
  if (header === undefined) return null;
  const key = /^"((?:[^"\\]|\\["\\])*)"$/.exec(header)?.[1]?.replace(/\\(.)/g, '$1') ?? header;
  if (!visible.test(key)) {
    throw new CatalogueError(
      'REQUEST_MALFORMED',
      'Idempotency-Key: must be 1 to 255 visible ASCII characters, such as a UUID.',
    );
  }
  return key;
}

/** What two requests have in common that are the same: sha256 of method, path with query, and body, hex. Pure. */
export const fingerprintOf = (method: string, url: string, body: unknown): string =>
  createHash('sha256')
    .update(`${method} ${url}\n${canonicalJson(body)}`)
    .digest('hex');

/** JSON with the names of objects in order, as RFC 8785 has it: who sends a request again may write it otherwise. Pure. */
export const canonicalJson = (value: unknown): string => JSON.stringify(inOrder(value)) ?? '';

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== 'object' || value === null) return value;
  // No prototype: a name may be `__proto__`.
  const ordered: Record<string, unknown> = Object.create(null);
  for (const [name, each] of Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) ordered[name] = inOrder(each);
  return ordered;
}
