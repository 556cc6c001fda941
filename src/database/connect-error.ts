import pg from 'pg';
import { CatalogueError } from '../errors/catalogue-error.ts';

/** SQLSTATE: a wrong password, a role that is not there or let in, a database that is not there, a role that may not connect to it. */
const refusals = new Set(['28P01', '28000', '3D000', '42501']);

/**
 * Why a first connection failed: CONFIG_INVALID and Postgres' own words where it refuses this role, password or database, SERVICE_UNAVAILABLE
 * where nobody answers. Both say where that was, never the password.
 */
export function connectError(error: unknown, url: string): CatalogueError {
  const place = placeOf(url);
  const words = refusalOf(error);
  if (words === null)
    return new CatalogueError('SERVICE_UNAVAILABLE', `Postgres cannot be reached at ${place}`, { cause: error });
  return new CatalogueError('CONFIG_INVALID', `DATABASE_URL: Postgres at ${place} says: ${words}`, { cause: error });
}

function refusalOf(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  if ('code' in error && refusals.has(String(error.code))) return error.message;
  // `pg`, before it sends an empty password
  return error.message.startsWith('SASL:') ? 'it asks for a password' : null;
}

/** host:port/database, as the driver reads them from the URL. */
function placeOf(url: string): string {
  const { host, port, database } = new pg.Client({ connectionString: url });
  return `${host}:${port}/${database ?? ''}`;
}
