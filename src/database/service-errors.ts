import { CatalogueError } from '../errors/catalogue-error.ts';

/** Codes of Node, Postgres and Prisma for: no server, no connection, no room, or no writes (a standby). */
const unreachable =
  /^(ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|08|57P0|53300|25006|P1001|P1002|P1008|P1017|P2024)/;
/** `pg` and its pool say these without a code. */
const unreachableWords =
  /Connection terminated|Query read timeout|timeout exceeded when trying to connect|Client has encountered a connection/i;

/** The error as the product says it: SERVICE_UNAVAILABLE where Postgres cannot be reached, else the error itself. */
export function serviceError(error: unknown): unknown {
  if (error instanceof CatalogueError || !isUnreachable(error)) return error;
  return new CatalogueError('SERVICE_UNAVAILABLE', 'Postgres does not answer', { cause: error });
}

/** Two transactions stood in each other's way, and Postgres has undone this one: it may simply be run again. */
export const isConflict = (error: unknown): boolean => ['40001', '40P01'].includes(codeOf(error));

function isUnreachable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof AggregateError) return error.errors.some(isUnreachable);
  return unreachable.test(codeOf(error)) || unreachableWords.test(error.message);
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
