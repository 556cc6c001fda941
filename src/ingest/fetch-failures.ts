import { CatalogueError } from '../errors/catalogue-error.ts';

/**
 * What became of a connection, as a client is told: the same for a closed port, a filtered one, one that speaks no HTTP and a name's
 * certificate, so that nobody can look around in a network by our answers. What it was is the cause, for the log. Pure.
 */
export function connectionError(error: unknown, signal: AbortSignal): CatalogueError {
  if (error instanceof CatalogueError) return error;
  if (signal.aborted && signal.reason instanceof CatalogueError) return signal.reason;
  return new CatalogueError('INGEST_FAILED', 'The server cannot be reached, or broke off.', { cause: error });
}

export const statusError = (status: number | undefined) =>
  new CatalogueError('INGEST_FAILED', `The server answered ${status}.`, { facts: { status } });
