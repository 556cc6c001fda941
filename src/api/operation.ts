import type { z } from 'zod';
import type { Scope } from '../database/scopes.ts';
import { catalogue, type ErrorCode, errorCodes } from '../errors/catalogue.ts';

/** What a route answers where it succeeds. */
export interface Answer {
  description: string;
  /** JSON of this shape; a component of the document where it has an id. */
  body?: z.ZodType;
  /** Where it is no JSON: the media type. */
  mediaType?: string;
  /** What else the same answer can come as, for whoever asks for it by `Accept`. */
  otherMediaTypes?: readonly string[];
}

/** A scope that it takes, or several of which one suffices. */
export type ScopeAccess = Scope | readonly Scope[];

/** The scopes of which one suffices. Pure. */
export const scopesOf = (access: ScopeAccess): readonly Scope[] => (typeof access === 'string' ? [access] : access);

/** The limits of one key, and their settings RATE_LIMIT_…. */
export type RateLimitName = 'create' | 'presign' | 'write' | 'read';

/** What one route takes and answers: declared beside the route, and all that the OpenAPI document knows of it. */
export interface Operation {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** With its parameters as OpenAPI writes them: `/api/v1/videos/{id}`. */
  path: string;
  /** The name that generated clients give it. */
  id: string;
  tag: 'Uploads' | 'Videos' | 'Playback' | 'Presets' | 'Keys' | 'Service';
  summary: string;
  /** Anybody, or an API key, or a browser session of one, with this scope, or with any of these. What stands here is what `authorise` asks for. */
  access: 'anybody' | ScopeAccess;
  /** An upload token of the video that `{id}` names will do as well. */
  uploadToken?: true | undefined;
  /** Which rate limit it counts for. Default: `read` of a GET, else `write`. */
  limit?: RateLimitName;
  /** The schema that parses the body. */
  body?: z.ZodType;
  /** The most bytes of its body, where they are not the usual 64 KiB. */
  bodyBytes?: number;
  /** The schema that parses the query, an object. */
  query?: z.ZodObject;
  /** The request headers that mean something to it beside those of all, and what. */
  headers?: Readonly<Record<string, string>>;
  /** Its answers have an ETag, and it can answer later: see `waitingGet`. */
  waits?: true;
  /** What it answers has an ETag. */
  tagged?: true;
  /** It only signs or reads, so that doing it again is no harm: a repeat with an Idempotency-Key is executed again, and no answer is kept. */
  repeatable?: true;
  /** What its path parameters are, where it is not said by all: `{id}` is a video. */
  parameters?: Record<string, string>;
  answers: Record<number, Answer>;
  /** What it can refuse with, beside what every route of its kind can. */
  codes?: readonly ErrorCode[];
}

/** All codes that an operation can answer, in the catalogue's order: its own, and what its parts bring along. Pure. */
export function codesOf({ method, path, access, body, query, codes = [] }: Operation): ErrorCode[] {
  const all = new Set<ErrorCode>([...codes, 'INTERNAL', 'SERVICE_UNAVAILABLE']);
  if (body || query || path.includes('{')) all.add('REQUEST_MALFORMED');
  if (path.includes('{')) all.add('NOT_FOUND');
  if (method !== 'get') for (const code of ['REQUEST_TOO_LARGE', 'REQUEST_TOO_SLOW'] as const) all.add(code);
  if (access !== 'anybody') for (const code of ['UNAUTHENTICATED', 'FORBIDDEN', 'RATE_LIMITED'] as const) all.add(code);
  if (access !== 'anybody' && method === 'post') {
    for (const code of ['REQUEST_MALFORMED', 'IDEMPOTENCY_KEY_REUSED', 'IDEMPOTENCY_IN_FLIGHT'] as const) all.add(code);
  }
  return errorCodes.filter((code) => all.has(code));
}

/** Codes by the HTTP status of the answer that carries them. Pure. */
export function byStatus(codes: readonly ErrorCode[]): Map<number, ErrorCode[]> {
  const statuses = new Map<number, ErrorCode[]>();
  for (const code of codes) {
    const { httpStatus } = catalogue[code];
    statuses.set(httpStatus, [...(statuses.get(httpStatus) ?? []), code]);
  }
  return statuses;
}
