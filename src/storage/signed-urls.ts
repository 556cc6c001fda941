import { createHmac, timingSafeEqual } from 'node:crypto';
import { CatalogueError } from '../errors/catalogue-error.ts';

/** A request as it came in: method, and path with query (`/storage/originals/…?expires=…`). */
export interface SignedRequest {
  method: string;
  url: string;
}

/** What a signature stands for: nothing else passes with it. */
export interface Grant {
  method: 'GET' | 'PUT';
  key: string;
  /** Of one part of an upload, with the most bytes that it may have; null for a whole object. */
  part: { uploadId: string; partNumber: number; mostBytes: number } | null;
  expiresAt: Date;
}

const route = '/storage/';

/** A URL under `publicUrl` that carries a grant, signed with HMAC-SHA256. Pure. */
export function signUrl(grant: Grant, { publicUrl, secret }: { publicUrl: string; secret: string }): string {
  const url = new URL(
    `${publicUrl.replace(/\/+$/, '')}${route}${grant.key.split('/').map(encodeURIComponent).join('/')}`,
  );
  if (grant.part) {
    url.searchParams.set('uploadId', grant.part.uploadId);
    url.searchParams.set('partNumber', String(grant.part.partNumber));
    url.searchParams.set('mostBytes', String(grant.part.mostBytes));
  }
  url.searchParams.set('expires', String(unixSeconds(grant.expiresAt)));
  url.searchParams.set('signature', signature(grant, secret));
  return url.href;
}

/**
 * The grant of a request. Throws SIGNATURE_INVALID where method, key, upload, part, size or time are not those that were signed,
 * SIGNATURE_EXPIRED where they are and the time has passed. Pure.
 */
export function verifyRequest(request: SignedRequest, secret: string, now: Date): Grant {
  const base = 'http://storage.invalid';
  const url = new URL(URL.canParse(request.url, base) ? request.url : '/', base);
  const at = url.pathname.indexOf(route);
  const query = (name: string) => url.searchParams.getAll(name).join();
  const uploadId = query('uploadId');
  const grant: Grant = {
    method: request.method === 'PUT' ? 'PUT' : 'GET',
    key: decodeKey(url.pathname.slice(at + route.length)),
    part: uploadId
      ? { uploadId, partNumber: Number(query('partNumber')), mostBytes: Number(query('mostBytes')) }
      : null,
    expiresAt: new Date(Number(query('expires')) * 1_000),
  };
  const signed = at >= 0 && ['GET', 'PUT'].includes(request.method) && !Number.isNaN(grant.expiresAt.getTime());
  if (!signed || !equal(signature(grant, secret), query('signature'))) {
    throw new CatalogueError('SIGNATURE_INVALID', 'the signature does not fit this request');
  }
  if (grant.expiresAt <= now)
    throw new CatalogueError('SIGNATURE_EXPIRED', `valid until ${grant.expiresAt.toISOString()}`);
  return grant;
}

function signature({ method, key, part, expiresAt }: Grant, secret: string): string {
  const ofPart = [part?.uploadId ?? '', part?.partNumber ?? '', part?.mostBytes ?? ''];
  const said = [method, key, ...ofPart, unixSeconds(expiresAt)].join('\n');
  return createHmac('sha256', secret).update(said).digest('base64url');
}

const unixSeconds = (date: Date): number => Math.floor(date.getTime() / 1_000);

function decodeKey(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return '';
  }
}

function equal(expected: string, given: string): boolean {
  const [a, b] = [Buffer.from(expected), Buffer.from(given)];
  return a.length === b.length && timingSafeEqual(a, b);
}
