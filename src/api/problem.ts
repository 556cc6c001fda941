import type { ZodError } from 'zod';
import { CatalogueError } from '../errors/catalogue-error.ts';

/** The body of every error answer: RFC 9457 (`application/problem+json`), with the catalogue's own fields. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  retryable: boolean;
  hint: string;
  /** Names this very answer; the log knows it under the same id. */
  instance: string;
}

/** An error as its answer. Pure; holds nothing but what the catalogue and the error's own detail say. */
export function toProblem(error: CatalogueError, requestId: string): Problem {
  const { httpStatus, cause, fix, retryable } = error.entry;
  return {
    type: `urn:reelmill:error:${error.code.toLowerCase().replaceAll('_', '-')}`,
    title: cause,
    status: httpStatus,
    detail: error.detail,
    code: error.code,
    retryable,
    hint: fix,
    instance: `urn:uuid:${requestId}`,
  };
}

/** REQUEST_MALFORMED that names every field of a body that its schema refused. */
export function malformed(error: ZodError): CatalogueError {
  const fields = error.issues.map((issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`);
  return new CatalogueError('REQUEST_MALFORMED', fields.join('; '));
}
