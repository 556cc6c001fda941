import { CatalogueError } from '../errors/catalogue-error.ts';

const mostParts = 10_000;

/** The number itself. Throws REQUEST_MALFORMED for one that S3 does not know. Pure. */
export function checkPartNumber(partNumber: number): number {
  if (!Number.isInteger(partNumber) || partNumber < 1 || partNumber > mostParts) {
    throw new CatalogueError('REQUEST_MALFORMED', `part numbers go from 1 to ${mostParts}`);
  }
  return partNumber;
}
