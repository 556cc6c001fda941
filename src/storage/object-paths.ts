import { join } from 'node:path';
import { CatalogueError } from '../errors/catalogue-error.ts';

/** Steps of letters, digits and `._-+=@,`, never beginning with a dot: none can climb out of, or into a hidden, folder. */
const keyPattern = /^(?=.{1,1024}$)[A-Za-z0-9_][A-Za-z0-9._+=@,-]{0,200}(\/[A-Za-z0-9_][A-Za-z0-9._+=@,-]{0,200})*$/;
const uploadPattern = /^upl_[a-z0-9]{1,64}$/;

/** The key itself; throws REQUEST_MALFORMED for one that our layout never makes. */
export function checkedKey(key: string): string {
  if (!keyPattern.test(key)) throw new CatalogueError('REQUEST_MALFORMED', 'this is not an object key');
  return key;
}

export type ObjectPaths = ReturnType<typeof objectPaths>;

/**
 * Where a storage folder keeps things: objects under their keys, everything else in hidden folders that no key can name.
 * One file system, so that a link is all it takes to publish.
 */
export function objectPaths(root: string) {
  const upload = (uploadId: string): string => {
    if (!uploadPattern.test(uploadId)) throw new CatalogueError('NOT_FOUND', 'there is no such upload');
    return join(root, '.uploads', uploadId);
  };
  return {
    root,
    object: (key: string): string => join(root, checkedKey(key)),
    /** What is known of an object, apart from its bytes. Bound to the file by its inode: a loser of a race leaves the winner's alone. */
    facts: (key: string, inode: number): string => join(root, '.facts', `${checkedKey(key)}.${inode}`),
    factsFolder: join(root, '.facts'),
    incoming: join(root, '.incoming'),
    upload,
    /** The part's name holds its ETag and size: part and facts appear together. */
    part: (uploadId: string, part: { partNumber: number; etag: string; size: number }): string =>
      join(upload(uploadId), `${String(part.partNumber).padStart(5, '0')}.${part.etag}.${part.size}`),
  };
}

/** The facts in a part's file name; null for any other file. */
export function parsePartName(name: string): { partNumber: number; etag: string; size: number } | null {
  const [, number, etag, size] = /^(\d{5})\.([0-9a-f]{32})\.(\d+)$/.exec(name) ?? [];
  return number && etag && size ? { partNumber: Number(number), etag, size: Number(size) } : null;
}
