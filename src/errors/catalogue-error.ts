import { displayName, longestSentence } from '../words/display-name.ts';
import { type CatalogueEntry, catalogue, type ErrorCode, isErrorCode } from './catalogue.ts';

/** The one error of the product: a code of the catalogue, what was found (`detail`, safe to show), and the cause. */
export class CatalogueError extends Error {
  readonly code: ErrorCode;
  readonly detail: string;
  /** Facts for the log and for machine readers: never secrets, never paths of the machine. */
  readonly facts: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, detail: string, options: { cause?: unknown; facts?: Record<string, unknown> } = {}) {
    // It can quote a tool, a name or a tag, and goes into rows, answers, logs and the queue.
    const shown = displayName(detail, longestSentence);
    super(`${code}: ${shown}`, { cause: options.cause });
    this.name = 'CatalogueError';
    this.code = code;
    this.detail = shown;
    this.facts = options.facts ?? {};
  }

  get entry(): CatalogueEntry {
    return catalogue[this.code];
  }

  /** A permanent error is never tried again: the queue gives it up at once. */
  get permanent(): boolean {
    return !(this.entry.triedAgain ?? this.entry.retryable);
  }
}

/** Any thrown value as an error of the catalogue; what is not one already becomes INTERNAL, its words kept from users. */
export function toCatalogueError(thrown: unknown): CatalogueError {
  if (thrown instanceof CatalogueError) return thrown;
  return new CatalogueError('INTERNAL', 'An unexpected error.', { cause: thrown });
}

/** An error as a video carries it. */
export interface UserError {
  code: string;
  detail: string;
  hint: string;
  retryable: boolean;
}

/** A stored code and detail in the shape that API and CLI show. */
export function userError(code: string, detail: string): UserError {
  // A row can be older or newer than this build; of a code that we do not know, we promise nothing.
  const { fix, retryable } = isErrorCode(code) ? catalogue[code] : { fix: catalogue.INTERNAL.fix, retryable: false };
  return { code, detail, hint: fix, retryable };
}
