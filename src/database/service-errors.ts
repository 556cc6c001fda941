import { CatalogueError } from '../errors/catalogue-error.ts';

/** Of Node's sockets: no server, no connection. */
const socketCodes = /^(ECONN[A-Z]+|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENETDOWN|ENOTFOUND|EAI_AGAIN)$/;
/** SQLSTATE: the connection's class, a server that stops, crashes or starts, no room for one more, no writes (a standby). */
const sqlStates = /^(08...|57P0.|53300|25006)$/;
/** Prisma: not reached, out of time, closed, none free in the pool, too many at the server. */
const prismaCodes = /^(P1001|P1002|P1008|P1017|P2024|P2037)$/;
/** `pg` and its pool say these without a code. */
const unreachableWords =
  /Connection terminated|Query read timeout|timeout exceeded when trying to connect|Client has encountered a connection|Client was closed/i;
/** Text that Postgres cannot hold: it has a NUL, or is no Unicode. */
const noTextStates = /^(22021|22P05)$/;
/** Prisma wraps the driver's error, which wraps Postgres's: three levels, and one to spare. */
const deepest = 4;

/**
 * The error as the product says it: SERVICE_UNAVAILABLE where Postgres cannot be reached; REQUEST_MALFORMED where it was given what it cannot
 * hold, the net below the schemas; else the error itself.
 */
export function serviceError(error: unknown): unknown {
  if (error instanceof CatalogueError) return error;
  if (hasCode(error, (code) => noTextStates.test(code))) {
    return new CatalogueError('REQUEST_MALFORMED', 'A text has a NUL character, or is no Unicode.', { cause: error });
  }
  if (!isUnreachable(error)) return error;
  return new CatalogueError('SERVICE_UNAVAILABLE', 'Postgres does not answer', { cause: error });
}

/** Two transactions stood in each other's way, and Postgres has undone this one: it may simply be run again. */
export const isConflict = (error: unknown): boolean => /^(40001|40P01)$/.test(String(field(error, 'code')));

/** Looks through the wrapping too: Prisma has a code of its own (P2039, P2010) for what it does not know of Postgres. */
const isUnreachable = (error: unknown): boolean =>
  hasCode(error, isLostCode) ||
  within(error, (each) => {
    const message = field(each, 'message');
    return typeof message === 'string' && unreachableWords.test(message);
  });

const hasCode = (error: unknown, fits: (code: string) => boolean): boolean =>
  within(error, (each) =>
    [field(each, 'code'), field(each, 'originalCode')].some((code) => typeof code === 'string' && fits(code)),
  );

function within(error: unknown, fits: (error: unknown) => boolean, depth = 0): boolean {
  if (typeof error !== 'object' || error === null || depth > deepest) return false;
  if (fits(error)) return true;
  const errors = field(error, 'errors');
  const inner = [field(error, 'cause'), field(field(error, 'meta'), 'driverAdapterError')];
  return [...inner, ...(Array.isArray(errors) ? errors : [])].some((each) => within(each, fits, depth + 1));
}

const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;

const isLostCode = (code: string): boolean => [socketCodes, sqlStates, prismaCodes].some((known) => known.test(code));
