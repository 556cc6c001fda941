import type { z } from 'zod';
import { catalogue, type ErrorCode, errorCodes } from '../errors/catalogue.ts';

/** What a route answers where it succeeds. */
export interface Answer {
  description: string;
  /** JSON of this shape; a component of the document where it has an id. */
  body?: z.ZodType;
  /** Where it is no JSON: the media type. */
  mediaType?: string;
}

/** What one route takes and answers: declared beside the route, and all that the OpenAPI document knows of it. */
export interface Operation {
  method: 'get' | 'post' | 'put' | 'delete';
  /** With its parameters as OpenAPI writes them: `/api/v1/videos/{id}`. */
  path: string;
  /** The name that generated clients give it. */
  id: string;
  tag: 'Videos' | 'Uploads' | 'Service';
  summary: string;
  /** `key`: an API key or a browser session; `operator`: one of an operator. */
  access: 'anybody' | 'key' | 'operator';
  /** The schema that parses the body. */
  body?: z.ZodType;
  /** What its path parameters are, where it is not said by all: `{id}` is a video. */
  parameters?: Record<string, string>;
  answers: Record<number, Answer>;
  /** What it can refuse with, beside what every route of its kind can. */
  codes?: readonly ErrorCode[];
}

/** All codes that an operation can answer, in the catalogue's order: its own, and what its parts bring along. Pure. */
export function codesOf({ method, path, access, body, codes = [] }: Operation): ErrorCode[] {
  const all = new Set<ErrorCode>([...codes, 'INTERNAL', 'SERVICE_UNAVAILABLE']);
  if (body || path.includes('{')) all.add('REQUEST_MALFORMED');
  if (path.includes('{')) all.add('NOT_FOUND');
  if (access !== 'anybody') all.add('UNAUTHENTICATED');
  // A session may not change anything for a page of another origin.
  if (access === 'operator' || (access === 'key' && method !== 'get')) all.add('FORBIDDEN');
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
