import { displayName, longestSentence } from '../words/display-name.ts';
import { type CatalogueEntry, catalogue, type ErrorCode, isErrorCode, operatorAdvice } from './catalogue.ts';

interface CatalogueErrorOptions {
  cause?: unknown;
  facts?: Record<string, unknown>;
  /** The setting, or whatever an operator is to mend, where it is known better than in the catalogue: `detail` goes to everybody. */
  operatorFix?: string | undefined;
}

/** The one error of the product: a code of the catalogue, what was found (`detail`, safe to show), and the cause. */
export class CatalogueError extends Error {
  readonly code: ErrorCode;
  readonly detail: string;
  /** Facts for the log and for machine readers: never secrets, never paths of the machine. */
  readonly facts: Readonly<Record<string, unknown>>;
  /** What an operator is to do about it. A field, so that it stands in the log wherever the error does. */
  readonly advice: string;
  readonly #operatorFix: string | undefined;

  constructor(code: ErrorCode, detail: string, options: CatalogueErrorOptions = {}) {
    // It can quote a tool, a name or a tag, and goes into rows, answers, logs and the queue.
    const shown = displayName(detail, longestSentence);
    super(`${code}: ${shown}`, { cause: options.cause });
    this.name = 'CatalogueError';
    this.code = code;
    this.detail = shown;
    this.facts = options.facts ?? {};
    this.advice = options.operatorFix ?? operatorAdvice(code);
    this.#operatorFix = options.operatorFix;
  }

  /** What an operator can do about this very error; undefined where the catalogue says all. Not a field: `advice` has it for the log. */
  get operatorFix(): string | undefined {
    return this.#operatorFix;
  }

  get entry(): CatalogueEntry {
    return catalogue[this.code];
  }

  /** A permanent error is never tried again: the queue gives it up at once. */
  get permanent(): boolean {
    return !(this.entry.triedAgain ?? this.entry.retryable);
  }
}

/** What the system says of a disk, or of this process, that is the operator's to mend. */
const systemWords: Readonly<Record<string, string>> = {
  ENOSPC: 'The disk is full',
  EDQUOT: 'The disk quota is used up',
  EROFS: 'The disk takes no writes',
  EIO: 'The disk fails',
  EACCES: 'A file or folder of Reelmill is closed to it',
  EPERM: 'A file or folder of Reelmill is closed to it',
  ENOTDIR: 'A folder of Reelmill is none',
  EMFILE: 'Too many files are open',
  ENFILE: 'Too many files are open',
};

/**
 * Any thrown value as an error of the catalogue: SERVICE_UNAVAILABLE where the system has no room or closes a door, INTERNAL for any
 * other, its words kept from users.
 */
export function toCatalogueError(thrown: unknown): CatalogueError {
  if (thrown instanceof CatalogueError) return thrown;
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
  const words = Object.hasOwn(systemWords, code) ? systemWords[code] : undefined;
  if (words) return new CatalogueError('SERVICE_UNAVAILABLE', `${words} (${code}).`, { cause: thrown });
  return new CatalogueError('INTERNAL', 'An unexpected error.', { cause: thrown });
}

/** An error as API and CLI show it. */
export interface UserError {
  code: string;
  detail: string;
  hint: string;
  /** For operators only. */
  operator_hint?: string | undefined;
  retryable: boolean;
}

/**
 * A stored code and detail in the shape that API and CLI show, `operator`: to somebody who runs the installation. He is told `operatorFix` in the
 * place of what the catalogue has for him. Pure.
 */
export function userError(
  code: string,
  detail: string,
  { operator = false, operatorFix: own }: { operator?: boolean; operatorFix?: string | undefined } = {},
): UserError {
  // A row can be older or newer than this build; of a code that we do not know, we promise nothing.
  const { fix, operatorFix, retryable }: CatalogueEntry = isErrorCode(code)
    ? catalogue[code]
    : { ...catalogue.INTERNAL, retryable: false };
  const operatorHint = operator && (own ?? operatorFix);
  return { code, detail, hint: fix, ...(operatorHint ? { operator_hint: operatorHint } : {}), retryable };
}
