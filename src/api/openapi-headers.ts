import type { Operation } from './operation.ts';

const text = { type: 'string' } as const;
const seconds = { type: 'integer', minimum: 1 } as const;

/** The headers of answers that many operations have in common, as components of the document. */
export const headerComponents = {
  'RateLimit-Policy': {
    description:
      'The limits that count this request: `"create";q=600;w=60` allows 600 in 60 s (draft-ietf-httpapi-ratelimit-headers).',
    schema: text,
  },
  RateLimit: {
    description: 'What is left of each: `"create";r=599;t=42` has 599 left, and is whole again in 42 s.',
    schema: text,
  },
  'Retry-After': { description: 'When to send the same request again, s.', schema: seconds },
  ETag: {
    description: 'Of this answer, for If-None-Match; of a 408: what it still is (RFC 9110, 8.8.3).',
    schema: text,
  },
  'Preference-Applied': {
    description: '`wait=<seconds>` where Prefer asked for it and it counted (RFC 7240, 3).',
    schema: text,
  },
  'Idempotency-Replayed': {
    description: '`true` where this is the answer that an earlier request with the same Idempotency-Key got.',
    schema: text,
  },
} as const;
type HeaderName = keyof typeof headerComponents;

/** Of these statuses an answer says when to ask again; a 409 does where the same request is being answered. */
const saysWhen = [409, 429, 503];

/** Of a GET that can wait: the answer, that it is unchanged, and that the wait was in vain. */
const waited = [200, 304, 408];

/** The headers of an answer of an operation, as references to `headerComponents`. Pure. */
export function answerHeaders(
  operation: Pick<Operation, 'access' | 'method' | 'waits' | 'repeatable' | 'tagged'>,
  status: number,
) {
  const waits = operation.waits && waited.includes(status);
  const names: HeaderName[] = [
    ...(operation.access === 'anybody' ? [] : (['RateLimit-Policy', 'RateLimit'] as const)),
    ...(operation.tagged && status === 200 ? (['ETag'] as const) : []),
    ...(waits ? (['ETag', 'Preference-Applied'] as const) : []),
    ...(saysWhen.includes(status) || (waits && status === 408) ? (['Retry-After'] as const) : []),
    ...(takesKey(operation) && !operation.repeatable && status < 300 ? (['Idempotency-Replayed'] as const) : []),
  ];
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}

/** The headers that requests of an operation may have beside its own, with their meaning. Pure. */
export const requestHeaders = (
  operation: Pick<Operation, 'access' | 'method' | 'repeatable'>,
): Record<string, string> =>
  takesKey(operation)
    ? {
        'Idempotency-Key': operation.repeatable
          ? `${keyWords} The same request with the same key is executed again: it makes nothing. Another request with it is refused.`
          : `${keyWords} Whoever has lost an answer sends the same request with the same key within 24 h, gets that answer, and nothing is done twice.`,
      }
    : {};

const keyWords = '1 to 255 visible ASCII characters, such as a UUID, new for every new request.';

const takesKey = ({ access, method }: Pick<Operation, 'access' | 'method'>): boolean =>
  access !== 'anybody' && method === 'post';
