import { createHash } from 'node:crypto';
import type { Request, Response } from 'express';

/** What a GET answers, and how it is told from another answer. */
export interface Representation {
  body: object;
  /** As the ETag header has it (RFC 9110, 8.8.3). */
  etag: string;
}

/** The ETag of a body that is sent as it is. Pure. */
export const strongTag = (body: unknown): string => `"${digest(body)}"`;

/**
 * The ETag of a body in which something moves that is no change, such as the expiry of its URLs: one for each body, and all of one `version`
 * are the same to `mayChange`. Pure.
 */
export const versionTag = (version: unknown, body: unknown): string => `"${digest(version)}.${digest(body)}"`;

/** The ETag of a body in which something else moves by itself, such as an estimate by the clock. Pure. */
export const weakTag = (lasting: unknown): string => `W/${strongTag(lasting)}`;

const digest = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('base64url').slice(0, 22);

/** Whether an If-None-Match header names this ETag: by weak comparison (RFC 9110, 8.8.3.2 and 13.1.2). Pure. */
export function namesTag(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  if (header.trim() === '*') return true;
  const tags = header.match(/(?:W\/)?"[^"]*"/g) ?? [];
  return tags.some((tag) => opaque(tag) === opaque(etag));
}

/**
 * Whether an If-Match header lets a change of this pass: by strong comparison (RFC 9110, 8.8.3.2 and 13.1.1), with the tag of any
 * representation of the version that there is now (see `versionTag`; a resource can have several at once: 8.8.3.3). Pure.
 */
export function mayChange(header: string | undefined, etag: string): boolean {
  if (header === undefined || header.trim() === '*') return true;
  return (header.match(/(?:W\/)?"[^"]*"/g) ?? []).some(
    (tag) => !tag.startsWith('W/') && versionOf(tag) === versionOf(etag),
  );
}

/** What stands before the full stop; without one it is all. */
const versionOf = (tag: string): string => tag.replace(/\.[^."]*"$/, '"');

const opaque = (tag: string): string => tag.replace(/^W\//, '');

/** Longest wait that a client can ask for, s. Proxies cut idle requests at about a minute. */
export const longestWaitSeconds = 60;

/**
 * How long a client would wait for an answer, s, at most 60: `wait` of its Prefer header (RFC 7240, 4.3), the first where it says several. Null
 * where it says none, or no number. Pure.
 */
export function preferredWait(header: string | undefined): number | null {
  for (const preference of (header ?? '').split(',')) {
    const [, seconds] = /^\s*wait\s*=\s*"?(\d{1,9})"?\s*(?:;|$)/i.exec(preference) ?? [];
    if (seconds !== undefined) return Math.min(longestWaitSeconds, Number(seconds));
  }
  return null;
}

/** Answers with a representation, or with 304 where the client names its ETag. */
export function sendConditional(request: Request, response: Response, { body, etag }: Representation): void {
  response.set('etag', etag);
  if (namesTag(request.get('if-none-match'), etag)) response.status(304).end();
  else response.json(body);
}
