import type { CatalogueEntry } from './catalogue-entry.ts';
import { inputErrors } from './input-errors.ts';
import { operationErrors } from './operation-errors.ts';
import { requestErrors } from './request-errors.ts';
import { uploadErrors } from './upload-errors.ts';

export type { CatalogueEntry } from './catalogue-entry.ts';

/** Every error a user can meet, one row each: API, CLI, docs/errors.md and OpenAPI are made from it. */
export const catalogue = { ...inputErrors, ...uploadErrors, ...requestErrors, ...operationErrors } as const;

export type ErrorCode = keyof typeof catalogue;

/** Who reads which of them, as docs/errors.md has it. Every code is in one group. */
export const audiences = [
  { audience: 'creator', title: 'The file', errors: inputErrors },
  { audience: 'client', title: 'Uploads', errors: uploadErrors },
  { audience: 'client', title: 'Requests', errors: requestErrors },
  { audience: 'operator', title: 'Operation', errors: operationErrors },
] as const;

export const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(catalogue, code);

/** All codes, in the catalogue's order. */
export const errorCodes: readonly ErrorCode[] = Object.keys(catalogue).filter(isErrorCode);

/** Whether it is a failure of our own, which nobody but an operator can mend. Pure. */
export const isOwnFailure = (code: ErrorCode): boolean =>
  Object.hasOwn(operationErrors, code) || catalogue[code].httpStatus >= 500;

/** What an operator reads in a log, on the board and in a terminal: of our own failures what he can do, of others the fix as well. Pure. */
export function operatorAdvice(code: ErrorCode): string {
  const { fix, operatorFix = '' }: CatalogueEntry = catalogue[code];
  return isOwnFailure(code) && operatorFix ? operatorFix : `${fix} ${operatorFix}`.trim();
}
