import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, copyFile, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { CatalogueError } from '../../src/errors/catalogue-error.ts';
import type { ArtefactStorage, StoredObject } from '../../src/storage/storage.ts';

/** The least storage that jobs can run on: objects are files of a folder, whole or not there, never overwritten. */
export function folderStorage(root: string): ArtefactStorage {
  const pathOf = (key: string) => join(root, key);
  const exists = (path: string) =>
    access(path).then(
      () => true,
      () => false,
    );

  async function stored(key: string): Promise<StoredObject> {
    const bytes = await readFile(pathOf(key));
    return { key, size: bytes.length, etag: createHash('md5').update(bytes).digest('hex') };
  }

  async function publish(key: string, write: (path: string) => Promise<void>): Promise<StoredObject> {
    if (await exists(pathOf(key))) throw new CatalogueError('OBJECT_EXISTS', key);
    await mkdir(dirname(pathOf(key)), { recursive: true });
    const partial = `${pathOf(key)}.partial`;
    await write(partial);
    await rename(partial, pathOf(key));
    return stored(key);
  }

  return {
    head: async (key) => ((await exists(pathOf(key))) ? stored(key) : null),
    async read(key, range) {
      if (!(await exists(pathOf(key)))) throw new CatalogueError('NOT_FOUND', key);
      return createReadStream(pathOf(key), range);
    },
    put: (key, body) => publish(key, (path) => writeFile(path, body)),
    putFile: (key, from) => publish(key, (path) => copyFile(from, path)),
    async *list(prefix) {
      const files = await readdir(root, { recursive: true, withFileTypes: true });
      const keys = files
        .filter((file) => file.isFile())
        .map((file) => relative(root, join(file.parentPath, file.name)));
      for (const key of keys.sort()) if (key.startsWith(prefix)) yield stored(key);
    },
    localPath: pathOf,
  };
}
