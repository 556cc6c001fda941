import { statfs } from 'node:fs/promises';
import { CatalogueError } from '../errors/catalogue-error.ts';

/** What stays free on the disk for everything else that writes to it. */
export const spareBytes = 1 << 30;

/** Rejects with SERVICE_UNAVAILABLE where the disk of `folder` has no room for `bytes` more and `spare` besides. */
export async function requireRoom(folder: string, bytes: number, spare: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (free >= bytes + spare) return;
  throw new CatalogueError('SERVICE_UNAVAILABLE', 'The disk has no room for another file.', {
    facts: { freeBytes: free, neededBytes: bytes + spare },
  });
}
